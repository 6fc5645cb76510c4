"""Writes the reasons why a record is exposed, or is not, in words and numbers."""

import math
from collections.abc import Iterator

from miaudit.auditing.grouped import ALPHA
from miaudit.decisions.explanation import AttackOnRecord, Explanation, NamedByAttack
from miaudit.decisions.exposed import ERROR
from miaudit.metrics.quantity import Quantity
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.presenter import count, label, limit, rate, score, share

MOST_TIMES = 1_000_000  # more is not told apart
LEAST_ODDS = 1.05  # times as likely: less is called as likely
MOST_ODDS = 1_000  # times as likely: rarer scores are too few to estimate it


def reasons(record: Explanation, outputs: OutputKind, class_name: str) -> tuple[str, ...]:
    """A few sentences: whether the record is named and by which attack, its ranks, and what these rest on.

    Args:
        record: all numbers of the record.
        outputs: what the target gives, which decides what its fit is called.
        class_name: what the record's class is called.
    """
    whose = "a member" if record.member else "not a member"
    return (
        f"Record {record.id} is {whose}: the target was {'' if record.member else 'not '}trained on it. Its class is "
        f"{class_name}.",
        *_named(record),
        *_ranks(record),
        *_odds(record),
        *_decision(record),
        *_fit(record, outputs),
        *_alike(record),
        *_models(record),
    )


def _named(record: Explanation) -> Iterator[str]:
    """Whether the first screen names the record, in the words of the first screen."""
    named = record.named
    if named is None:
        yield (
            "Nobody is named, since the audit found no leak: a ranking by score would be mere chance."
            if record.decision is None
            else "No attack names records so that nine of ten are right."
        )
    elif named.included:
        yield f"It is named: it is {_which(named)}. {_right(named)}"
    else:
        yield f"It is not named: it is not {_which(named)}. Other attacks may find it all the same."


def _which(named: NamedByAttack) -> str:
    records = "the only record" if named.number == 1 else f"one of the {count(named.number)} records"
    if named.own_cut:
        return f"{records} that {named.attack} calls {'a member' if named.number == 1 else 'members'} at its own cut"
    return f"{records} above the {limit(ALPHA)} cut of {named.attack}, which is read off with the truth"


def _right(named: NamedByAttack) -> str:
    if named.members == named.number:
        return "It is a member." if named.number == 1 else "All of these are members."
    return f"{count(named.members)} of these are members."


def _ranks(record: Explanation) -> Iterator[str]:
    """The rank by the attack that names, then by the strongest one."""
    naming = "" if record.named is None else record.named.attack
    strongest = next(iter(record.attacks), "")
    if naming in record.attacks and naming != strongest:
        yield _rank(naming, record.attacks[naming], record.member)
    if strongest:
        yield _rank(f"{strongest}, the attack with the highest AUC,", record.attacks[strongest], record.member)


def _rank(who: str, view: AttackOnRecord, is_member: bool) -> str:
    ties = f" (as {count(view.tied)} other{'' if view.tied == 1 else 's'})" if view.tied else ""
    others = "non-members" if is_member else "other non-members"
    return (
        f"{who} puts it at rank {count(view.rank)}{ties} of {count(view.of)}; "
        f"{_counted(view.as_high, others, 'score')} as high."
    )


def _odds(record: Explanation) -> Iterator[str]:
    """How much the score of an attack that estimates it speaks for a member, or against."""
    for name, view in record.attacks.items():
        if view.log_ratio is not None:
            yield f"Its score by {name} is {_times_as_likely(view.log_ratio)}, as estimated on the shadow models."


def _times_as_likely(log_ratio: float) -> str:
    """The ratio in words, for whichever of the two it speaks.

    >>> _times_as_likely(math.log(12))
    '12 times as likely for a member as for a non-member'
    >>> _times_as_likely(-10.0)
    'over 1,000 times as likely for a non-member as for a member'
    >>> _times_as_likely(0.01)
    'about as likely for a member as for a non-member'
    """
    sides = ("a member", "a non-member") if log_ratio > 0 else ("a non-member", "a member")
    times = math.exp(min(abs(log_ratio), math.log(2 * MOST_ODDS)))
    if times > MOST_ODDS:
        often = f"over {count(MOST_ODDS)} times as likely"
    else:
        often = "about as likely" if times < LEAST_ODDS else f"{label(times)} times as likely"
    return f"{often} for {sides[0]} as for {sides[1]}"


def _counted(found: Quantity, things: str, verb: str) -> str:
    """How many of the things do it, as subject and verb."""
    number = round((found.value or 0.0) * found.n)
    return f"{count(number) if number else 'none'} of the {count(found.n)} {things} {verb}{'' if number > 1 else 's'}"


def _decision(record: Explanation) -> Iterator[str]:
    """Whether the record lies above the best cut at a precision, unless that is the cut by which it is named."""
    decided = record.decision
    if decided is None or (record.named is not None and not record.named.own_cut and decided.alpha == ALPHA):
        return
    if decided.precision is None:
        yield f"No attack has a cut above which {limit(decided.alpha)} of the records are members."
        return
    sure = rate(decided.precision)
    yield (
        "With the truth, which no attacker has, most records can be singled out at a precision of "
        f"{limit(decided.alpha)} by {decided.attack}: the {count(decided.number.value or 0)} with its highest scores. "
        f"This record is {'one' if decided.named else 'not one'} of them. {sure.value} of them are members, at least "
        f"{sure.low} with {limit(1 - ERROR)} confidence for all attacks and cuts together."
    )


def _fit(record: Explanation, outputs: OutputKind) -> Iterator[str]:
    if record.fit is None:
        return
    name = "The target's number for it" if outputs in SCALARS else "The probability that the target gives its class"
    number = score if outputs in SCALARS else _probability
    if record.reference_fit is None or record.harder_than is None or record.calibrated is None:
        yield f"{name} is {number(record.fit)}; how hard it is cannot be said without models that did not see it."
        return
    yield (
        f"{name} is {number(record.fit)}. Models that did not see the record give {number(record.reference_fit)} on "
        f"average; {share(record.harder_than)} of the audited records are easier for them."
    )
    beyond = record.calibrated_as_high
    if record.calibrated > 0 and beyond is not None:
        others = "non-members" if record.member else "other non-members"
        lead = f"The target's lead over them is {score(record.calibrated)}"
        lead = lead if outputs in SCALARS else _more_probable(record.calibrated)
        yield (
            f"{lead}. Among the {count(beyond.n)} {others}, "
            f"{count(round((beyond.value or 0.0) * beyond.n))} have such a lead or a larger one: the fewer, the more "
            "exposed is the record."
        )
    else:
        yield "The target does not fit it better than these models do."


def _more_probable(lead: float) -> str:
    """How much more probable the class is to the target than to other models; the lead is that of the logarithm.

    >>> _more_probable(math.log(3.7))
    'To the target, its class is 3.7 times as probable as to these models'
    >>> _more_probable(math.log(1.25))
    'To the target, its class is 25.0 % more probable than to these models'
    """
    if lead > math.log(MOST_TIMES):
        more = f"over {count(MOST_TIMES)} times as probable as"
    elif lead >= math.log(2):
        more = f"{label(math.exp(lead))} times as probable as"
    else:
        more = f"{share(math.expm1(lead))} more probable than"
    return f"To the target, its class is {more} to these models"


def _probability(logarithm: float) -> str:
    return f"{share(math.exp(logarithm))} (log {score(logarithm)})"


def _alike(record: Explanation) -> Iterator[str]:
    if record.alike is not None and record.alike.compared:
        yield (
            f"Of the {count(record.alike.compared)} non-members of its class that come closest to it in hardness, the "
            f"target fits {count(record.alike.fitted_as_well)} as well: the fewer, the more exposed is the record."
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
