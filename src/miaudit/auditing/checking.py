"""Runs the controls, by which an audit checks itself."""

from miaudit.arrays import Bools, Floats
from miaudit.auditing.beyond import Rivals, beyond
from miaudit.auditing.blind import attack_blindly, baseline
from miaudit.auditing.gather import Gathered
from miaudit.auditing.likeness import likeness
from miaudit.auditing.plan import Questions
from miaudit.auditing.result import Controls, Finding
from miaudit.auditing.scoring import reference_loss
from miaudit.auditing.shadow_scores import judged_shadows, shadow_scores
from miaudit.auditing.sum_up import controls_of
from miaudit.seeds import generator


def check(
    questions: Questions,
    gathered: Gathered,
    scores: dict[str, Floats],
    found: tuple[Finding, ...],
    positive: dict[str, tuple[Floats, Bools]],
) -> Controls:
    """Run all controls, by which an audit checks itself.

    Args:
        questions: the attacks and the seed.
        gathered: the evidence, its truth, and the records as the blind baseline sees them.
        scores: attack -> (n,) scores of the audited records.
        found: what these scores amount to.
        positive: attack -> scores and truth where a leak was built in.
    """
    truth, seed = gathered.truth, questions.seed
    view = reference_loss(gathered.evidence.audit)
    checked = controls_of(scores, truth, positive, generator(seed, "null"), view)
    checked = checked.model_copy(update={"likeness": likeness(gathered.evidence, truth)})
    rivals = [] if view is None else [view]
    if gathered.records is not None:
        blind = attack_blindly(gathered.records, truth, generator(seed, "blind"))
        checked = checked.model_copy(update={"blind": baseline(gathered.records, truth, blind)})
        rivals = [blind.scores, blind.column, *rivals]
    if not checked.sides_differ or not found:
        return checked

    alike = checked.likeness is not None and checked.likeness.state == "alike"

    def on_shadow(name: str) -> tuple[Floats, Bools] | None:
        # A shadow may memorise where the target does not, so it proves nothing about the target.
        return _on_drawn_shadow(questions, gathered, name) if alike else None

    return checked.model_copy(update={"beyond": beyond(found, scores, Rivals.of(rivals, truth), on_shadow)})


def _on_drawn_shadow(questions: Questions, gathered: Gathered, name: str) -> tuple[Floats, Bools] | None:
    """Scores and truth of an attack on the first shadow that serves it; None if shadows were not drawn at random."""
    attack, evidence = questions.attacks[name], gathered.evidence
    able = judged_shadows(attack, evidence)[:1] if gathered.shadows_drawn else []
    if not able:
        return None
    known = shadow_scores(attack, evidence, able, generator(questions.seed, "beyond", name))
    return known.scores, known.member
