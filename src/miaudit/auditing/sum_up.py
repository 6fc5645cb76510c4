"""Turns scores into numbers: an attack's metrics, its decision, and the controls."""

import dataclasses

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Assumes, Attack, Needs
from miaudit.auditing.means import means_used
from miaudit.auditing.result import AttackResult, Controls, Decision
from miaudit.auditing.scoring import Judged
from miaudit.evidence import Evidence
from miaudit.maths.counts import tally
from miaudit.metrics.accuracy import precision, recall
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc
from miaudit.metrics.summary import null_interval, summarise
from miaudit.plain import describe

# Chance alone breaks the null control in one audit of a thousand, so a broken one deserves a loud warning.
NULL_CONFIDENCE = 0.999
NO_CUT = "none: there are no records with known membership to choose a cut on"


def attack_result(attack: Attack, judged: Judged, evidence: Evidence, truth: Bools, has: Needs) -> AttackResult:
    """One attack's numbers on the audited records (n,) of evidence that holds `has`."""
    summary = summarise(judged.scores, truth)
    decided = decision(judged, evidence.audit.labels, truth)
    fields = dataclasses.fields(attack)  # type: ignore[arg-type]  # an attack is a dataclass
    return AttackResult(
        **{name: getattr(summary, name) for name in type(summary).model_fields},
        decision=decided,
        params={f.name: describe(getattr(attack, f.name)) for f in fields},
        paper=attack.paper,
        adversary=attack.assumes(evidence) if isinstance(attack, Assumes) else attack.adversary,
        means=means_used(attack, has),
        learned=judged.learned | _rest(judged, decided),
    )


def decision(judged: Judged, labels: Ints, truth: Bools) -> Decision:
    """Counts at a cut that was chosen without the truth."""
    cut = judged.cut
    if cut is None:
        return Decision(rule=NO_CUT, cut=None)
    found = tally(cut.above(judged.scores, labels), truth)
    return Decision(
        rule=cut.rule,
        cut=cut.value,
        constraint_met=cut.constraint_met,
        **found._asdict(),
        recall=recall(found),
        precision=precision(found),
    )


def _rest(judged: Judged, decided: Decision) -> dict[str, dict[str, int | None]]:
    """The counts on the audited records, for an attack that reports counts on its own sample (the slides)."""
    if "confusion_sample" not in judged.learned:
        return {}
    return {"confusion_rest": {"tp": decided.tp, "fp": decided.fp, "tn": decided.tn, "fn": decided.fn}}


def controls_of(
    scores: dict[str, Floats],
    truth: Bools,
    positive: dict[str, tuple[Floats, Bools]],
    rng: np.random.Generator,
    reference_loss: Floats | None = None,
) -> Controls:
    """The null control (non-members against non-members), the positive one, and that of the distribution.

    `reference_loss` (n,) is what models trained without each record say of it.
    """
    seed = int(rng.integers(2**63))  # the same halves for every attack
    null = {
        name: null_interval(values[~truth], np.random.default_rng(seed), len(scores), NULL_CONFIDENCE)
        for name, values in scores.items()
    }
    found = {name: auc(values, member) for name, (values, member) in positive.items()}
    return Controls(
        null={name: {"auc": quantity} for name, quantity in null.items()},
        positive={name: {"auc": quantity} for name, quantity in found.items()},
        null_passed=all(_contains(quantity, 0.5) for quantity in null.values()),
        positive_passed=all((quantity.low or 0.0) > 0.5 for quantity in found.values()),
        same_distribution=None if reference_loss is None else auc(reference_loss, truth, NULL_CONFIDENCE),
    )


def _contains(quantity: Quantity, value: float) -> bool:
    if quantity.low is None or quantity.high is None:  # too few records: nothing contradicts it
        return True
    return quantity.low <= value <= quantity.high
