"""Text summaries of the charts, for readers who use a screen reader."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import AttackResult
from miaudit.report.tables import number, percent, rate, short


def roc(attacks: dict[str, AttackResult]) -> str:
    """AUC and the true positive rates that could be measured: one sentence per attack."""
    return " ".join(f"{name}: {', '.join(_rates(attack))}." for name, attack in attacks.items())


def _rates(attack: AttackResult) -> list[str]:
    found = [
        f"{rate(tpr).value} of the members at {percent(fpr)} false positives"
        for fpr, tpr in attack.tpr_at_fpr.items()
        if tpr.value is not None
    ]
    return [f"AUC {number(attack.auc).value or 'not measured'}", *found]


def precision(attacks: dict[str, AttackResult]) -> str:
    """Precision at the recalls of the table: one sentence per attack."""
    precisions = {name: _precisions(attack) for name, attack in attacks.items()}
    return " ".join(f"{name}: {', '.join(parts)}." for name, parts in precisions.items() if parts)


def _precisions(attack: AttackResult) -> list[str]:
    return [
        f"precision {rate(found).value} at recall {percent(recall)}"
        for recall, found in attack.precision_at_recall.items()
        if found.value is not None
    ]


def histogram(groups: dict[str, Floats], cut: float | None) -> str:
    """The median and the middle half of each group's scores, and the cut."""
    sentences = [_middle(name, scores) for name, scores in groups.items() if len(scores)]
    return " ".join([*sentences, "There is no single cut." if cut is None else f"The cut is {short(cut)}."])


def _middle(name: str, scores: Floats) -> str:
    low, median, high = (short(float(value)) for value in np.percentile(scores, [25, 50, 75]))
    return f"{name.capitalize()}: median {median}, half of the scores from {low} to {high}."


def densities(grid: Floats, members: Floats, nonmembers: Floats) -> str:
    """Where each density is highest."""
    peaks = {"members": members, "non-members": nonmembers}
    places = (f"{name} at {short(float(grid[np.argmax(values)]))}" for name, values in peaks.items())
    return f"The densities are highest for {', for '.join(places)}."


def hardness(loss: Floats, calibrated: Floats, groups: dict[str, Bools]) -> str:
    """The medians of both scores: one sentence per group."""
    medians = {
        name: [short(float(np.median(of[mask]))) for of in (loss, calibrated)]
        for name, mask in groups.items()
        if mask.any()
    }
    return " ".join(
        f"{name.capitalize()}: median score {score}, median calibrated score {difference}."
        for name, (score, difference) in medians.items()
    )
