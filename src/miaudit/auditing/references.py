"""Sentences about the reference models: how they were trained, and whether they resemble the target."""

import numpy as np

from miaudit.auditing.likeness import ENOUGH_MODELS
from miaudit.auditing.plan import Plan
from miaudit.auditing.result import Compared, Likeness, ReferenceFacts, SurrogateFacts, Verdict
from miaudit.presenter import count, decimals, share

MEASURES = {
    "accuracy_own": "accuracy on the records that a model was trained on",
    "accuracy_other": "accuracy on other records",
    "loss_own": "mean loss on the records that a model was trained on",
    "loss_other": "mean loss on other records",
}


def reference_facts(plan: Plan) -> ReferenceFacts | None:
    """How the plan's auxiliary models are trained; None where there are none."""
    if not plan.auxiliary:
        return None
    sizes = [len(rows) for rows in plan.split.training]
    audited = plan.split.audited
    return ReferenceFacts(
        models=len(sizes),
        fewest_records=min(sizes),
        most_records=max(sizes),
        target_records=len(plan.split.members),
        recipe=plan.origin.words,
        given=plan.origin.given,
        on_audited=any(bool(np.isin(rows, audited).any()) for rows in plan.split.training),
        surrogate=plan.origin.surrogate,
        remarks=plan.auxiliary[0].job.recipe.remarks,
        students=0 if plan.teaching is None else plan.teaching.students,
    )


def with_references(words: Verdict, likeness: Likeness | None, facts: ReferenceFacts | None) -> Verdict:
    """The verdict, followed by its sentences about the reference models.

    Args:
        words: the verdict so far.
        likeness: whether the references resemble the target; None if there are none.
        facts: how they were trained; None if none were trained here.
    """
    sentences = list(words.sentences)
    if likeness is not None and words.level != "invalid":
        sentences += _of_likeness(likeness, words.level) + _of_failures(likeness.learned_nothing)
    if facts is not None:
        sentences.append(training_sentence(facts))
        sentences += [] if facts.surrogate is None else [surrogate_sentence(facts.surrogate)]
    return words.model_copy(update={"sentences": tuple(sentences)})


def _of_likeness(likeness: Likeness, level: str) -> list[str]:
    if likeness.state == "unknown":
        return [
            f"Whether the reference models resemble the target is unknown: {likeness.models} of them can be compared, "
            f"and {ENOUGH_MODELS} are needed."
            if likeness.models < ENOUGH_MODELS
            else "Whether the reference models resemble the target is unknown: too few records can be compared."
        ]
    if likeness.state == "alike":
        return []
    found = "; ".join(
        f"{MEASURES[name]}: {compared_text(name, c)}" for name, c in likeness.measured.items() if not c.alike
    )
    ends = {
        "leaks": "The leak stands all the same; references that match the target might reveal more of it.",
        "references_unlike": "Attacks that rely on them could have missed a leak.",
    }
    if level == "distribution_shift":  # references learn from both sides
        advice = "They are trained on members and non-members, so the difference between these may be the reason."
    else:
        advice = (
            "Train them as the target was trained (`recipe`). Check that the members are all of its training records "
            "and that the non-members are not among them."
        )
    return [f"The reference models do not resemble the target ({found}). {ends.get(level, '')}".rstrip(), advice]


def _of_failures(models: int) -> list[str]:
    if not models:
        return []
    many, own = ("1 reference model", "its") if models == 1 else (f"{count(models)} reference models", "their")
    return [
        f"{many} learned nothing: on {own} own training records, {own} accuracy is no better than that of always "
        "answering the most frequent label. Attacks may find less with such models. Train them with a lower learning "
        "rate, or with another seed."
    ]


def compared_text(name: str, compared: Compared) -> str:
    """The target's number, the references', and the interval in which the target was expected.

    >>> compared_text("accuracy_own", Compared(target=0.99, references=0.8, low=0.7, high=0.9, alike=False))
    'target 99.0 %, references 80.0 % (expected: 70.0 % to 90.0 %)'
    """
    target, references, low, high = values_text(name, compared)
    return f"target {target}, references {references}" + (f" (expected: {low} to {high})" if low else "")


def values_text(name: str, compared: Compared) -> tuple[str, str, str, str]:
    """The target's number, the references' mean, and the ends of the expected interval, which may be empty."""

    def text(value: float | None) -> str:
        if value is None:
            return ""
        return share(min(max(value, 0.0), 1.0), 1) if name.startswith("accuracy") else decimals(value)

    return text(compared.target), text(compared.references), text(compared.low), text(compared.high)


def training_sentence(facts: ReferenceFacts) -> str:
    """How many records the models were trained on, by which recipe, and whether it was given or guessed."""
    few, most = facts.fewest_records, facts.most_records
    each = count(few) if few == most else f"{count(few)} to {count(most)}"
    origin = "as given" if facts.given else "guessed"
    sentence = (
        f"The target was trained on {count(facts.target_records)} records, the reference models on {each} each, "
        f"{facts.recipe} ({origin})."
    )
    if most < 0.9 * facts.target_records:
        sentence += " There are too few records or models to train each reference on as many records as the target."
    if facts.students:
        sentence += (
            f" {count(facts.students)} students were trained for the target, and as many for each shadow: networks "
            "that learned what that model answers about half of the records. The target is asked nothing more for that."
        )
    return sentence


def surrogate_sentence(found: SurrogateFacts) -> str:
    """How alike the surrogate and the target are, and what that means for the numbers."""
    return (
        f"How the target was trained is not known: this is the most alike of {found.candidates} surrogates. It differs "
        f"from the target by {share(found.accuracy_own, 1)} in accuracy on records that a model was trained on and by "
        f"{share(found.accuracy_other, 1)} on others; the distributions of their losses on records that neither was "
        f"trained on are {decimals(found.losses_other)} apart (0: equal, 1: without overlap). The worse the match, the "
        "weaker are the attacks that use these models, and the more the leak may exceed what they find."
    )
