"""The blind baseline as a row beside the attacks."""

from miaudit.auditing.result import AuditResult
from miaudit.report.tables import AttackRow, Cell, bar, limits, number, rate


def blind_row(result: AuditResult) -> AttackRow | None:
    """The blind baseline's AUC and TPR, as a row of the main table; None where it was not run."""
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
