"""The blind baseline as a row beside the attacks."""

from miaudit.auditing.result import AuditResult
from miaudit.report.tables import AttackRow, Cell, bar, limits, number, rate


def blind_row(result: AuditResult) -> AttackRow | None:
    """The attacker who never asks the model, as a row of the main table; None where there is no such baseline."""
    blind = result.controls.blind
    if blind is None or not result.attacks:
        return None
    absent = Cell("", "", "–", "")
    return AttackRow(
        name="blind baseline",
        auc=number(blind.auc),
        bar=bar(blind.auc),
        balanced_accuracy=absent,
        tprs=tuple(rate(blind.tpr) if float(fpr) == 0.01 else absent for fpr in limits(result)),
        epsilon=absent,
    )
