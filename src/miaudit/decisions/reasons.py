"""Writes the reasons why a record is exposed, or is not, in words and numbers."""

from collections.abc import Iterator

from miaudit.decisions.explanation import Explanation
from miaudit.decisions.exposed import naming_in_words
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.presenter import count, limit, score, share


def reasons(record: Explanation, outputs: OutputKind) -> tuple[str, ...]:
    """A few sentences: the strongest attack's view, the decision, and what both rest on.

    Args:
        record: all numbers of the record.
        outputs: what the target gives, which decides what its fit is called.
    """
    fit = "The target's number for it" if outputs in SCALARS else "The log-probability that the target gives its class"
    return (*_attack(record), *_decision(record), *_fit(record, fit), *_alike(record), *_models(record))


def _attack(record: Explanation) -> Iterator[str]:
    whose = "a member" if record.member else "no member"
    yield f"Record {record.id} is {whose} of the target's training set; its class is {record.label}."
    for name, view in list(record.attacks.items())[:1]:
        ties = f" (as {count(view.tied)} others)" if view.tied else ""
        yield (
            f"{name}, the strongest attack, puts it at rank {count(view.rank)}{ties} of {count(view.of)}; "
            f"{share(view.as_high.value)} of the {count(view.as_high.n)} other non-members score as high."
        )


def _decision(record: Explanation) -> Iterator[str]:
    decided = record.decision
    if decided is None:
        yield "Nobody is named, since the audit found no leak: a ranking by score would be mere chance."
    elif decided.precision is None:
        yield f"No attack names any record at a precision of {limit(decided.alpha)}."
    else:
        which = "This record is one of them." if decided.named else "This record is not one of them."
        yield f"{naming_in_words(decided.attack, decided.alpha, decided.number, decided.precision)} {which}"


def _fit(record: Explanation, name: str) -> Iterator[str]:
    if record.fit is None:
        return
    if record.reference_fit is None or record.harder_than is None or record.calibrated is None:
        yield f"{name} is {score(record.fit)}; how hard it is cannot be said without models that did not see it."
        return
    yield (
        f"{name} is {score(record.fit)}. Models that did not see the record give {score(record.reference_fit)} on "
        f"average; they fit {share(record.harder_than)} of the records better."
    )
    if record.calibrated > 0 and record.calibrated_as_high is not None:
        yield (
            f"The target exceeds these models by {score(record.calibrated)}; it does so by as much or more for "
            f"{share(record.calibrated_as_high.value)} of the other non-members."
        )
    else:
        yield "The target does not fit it better than these models do."


def _alike(record: Explanation) -> Iterator[str]:
    if record.alike is not None and record.alike.compared:
        yield (
            f"Of the {count(record.alike.compared)} non-members of its class that are most nearly as hard, the target "
            f"fits {count(record.alike.fitted_as_well)} as well."
        )


def _models(record: Explanation) -> Iterator[str]:
    models = record.models
    if models is None:
        return
    if models.trained and models.found.value is not None:
        yield (
            f"{count(round(models.found.value * models.trained))} of the {count(models.trained)} models of the pool "
            "that were trained on it would give it away at 1 % false alarms."
        )
    if models.others and models.accused.value is not None:
        yield (
            f"{count(round(models.accused.value * models.others))} of the {count(models.others)} others would seem to "
            "have been trained on it."
        )
