"""What the verdict says of the reference models: how they were trained, and whether they resemble the target."""

from miaudit.auditing.likeness import ENOUGH_MODELS
from miaudit.auditing.plan import Plan
from miaudit.auditing.result import Compared, Likeness, ReferenceFacts, Verdict

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
    return ReferenceFacts(
        models=len(sizes),
        fewest_records=min(sizes),
        most_records=max(sizes),
        target_records=len(plan.split.members),
        recipe=plan.origin.words,
        given=plan.origin.given,
    )


def with_references(words: Verdict, likeness: Likeness | None, facts: ReferenceFacts | None) -> Verdict:
    """The verdict with what its reader must know of the reference models."""
    said = list(words.sentences)
    if likeness is not None and words.level != "invalid":
        said += _of_likeness(likeness, words.level)
    if facts is not None:
        said.append(training_sentence(facts))
    return words.model_copy(update={"sentences": tuple(said)})


def _of_likeness(likeness: Likeness, level: str) -> list[str]:
    if likeness.state == "unknown":
        return [
            f"Whether the reference models resemble the target cannot be told: there are {likeness.models} of them "
            f"that can be compared, {ENOUGH_MODELS} are needed."
            if likeness.models < ENOUGH_MODELS
            else "Whether the reference models resemble the target cannot be told: too few records can be compared."
        ]
    if likeness.state == "alike":
        return []
    found = "; ".join(
        f"{MEASURES[name]}: {compared_text(name, c)}" for name, c in likeness.measured.items() if not c.alike
    )
    ends = {
        "leaks": "The leak was measured and stands; references that match the target would likely find more.",
        "references_unlike": "Attacks that compare with them could have missed a leak.",
    }
    if level == "distribution_shift":  # references learn from both sides
        advice = "They learn from members and non-members, so the difference between these may be the reason."
    else:
        advice = (
            "Train them as the target was trained (`recipe`), and check that the members are its training records and "
            "that the non-members are not."
        )
    return [f"The reference models do not resemble the target ({found}). {ends.get(level, '')}".rstrip(), advice]


def compared_text(name: str, compared: Compared) -> str:
    """Both numbers in print.

    >>> compared_text("accuracy_own", Compared(target=0.99, references=0.8, low=0.7, high=0.9, alike=False))
    'target 99.0 %, references 80.0 % (one like them: 70.0 % to 90.0 %)'
    """
    target, references, low, high = values_text(name, compared)
    return f"target {target}, references {references}" + (f" (one like them: {low} to {high})" if low else "")


def values_text(name: str, compared: Compared) -> tuple[str, str, str, str]:
    """Target, references' mean, low and high end in print; the ends are empty where there are none."""

    def text(value: float | None) -> str:
        if value is None:
            return ""
        return f"{min(max(value, 0), 1):.1%}".replace("%", " %") if name.startswith("accuracy") else f"{value:.3g}"

    return text(compared.target), text(compared.references), text(compared.low), text(compared.high)


def training_sentence(facts: ReferenceFacts) -> str:
    """Sizes, recipe, and whether it was given or guessed."""
    few, most = facts.fewest_records, facts.most_records
    each = f"{few:,}" if few == most else f"{few:,} to {most:,}"
    origin = "as given" if facts.given else "guessed"
    sentence = (
        f"The target was trained on {facts.target_records:,} records, the reference models on {each} each, "
        f"{facts.recipe} ({origin})."
    )
    if most < 0.9 * facts.target_records:
        sentence += " There are too few records, or models, to train references on as many as the target."
    return sentence
