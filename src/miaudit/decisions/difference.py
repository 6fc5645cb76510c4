"""The difference between two audits in one measure of one attack, as a paired test sees it."""

from miaudit.decisions.matching import Pair, match
from miaudit.decisions.saved import SavedAudit
from miaudit.metrics.change import Change
from miaudit.metrics.paired import auc_change
from miaudit.metrics.paired_rates import tpr_change
from miaudit.metrics.quantity import Quantity


def difference(
    first: SavedAudit,
    second: SavedAudit,
    attack: str,
    fpr: float | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Quantity:
    """Compute how much more one attack finds in the second audit than in the first, with its interval.

    Records that both audits judged are matched by id, and what they share cancels. Where there are none, the audits
    count as independent.

    Args:
        first: the earlier audit, such as a baseline; with its scores.
        second: the later audit; with its scores.
        attack: the title of an attack that both ran.
        fpr: compares the true positive rates at this false positive rate, in (0, 1); None compares the AUCs.
        confidence: of the two-sided interval, in (0, 1).
        seed: of the bootstrap, which the rates need.

    Returns:
        Second minus first, in [-1, 1]; without a value where one audit has too few non-members for the rate.

    Raises:
        UserError: an audit has no scores or no such attack, or ids do not match.
    """
    return change_of(match(first, second), attack, attack, fpr, seed).at(confidence)


def change_of(pair: Pair, attack: str, in_second: str, fpr: float | None, seed: int) -> Change:
    """The same difference at any confidence; the attack may have another title in the second audit.

    Args:
        pair: two audits with matched records.
        attack: the title of the attack in the first audit.
        in_second: its title in the second.
        fpr: the false positive rate; None for the AUC.
        seed: of the bootstrap.
    """
    one, other = pair.scored(attack, in_second)
    if fpr is None:
        return auc_change(one, other, pair.shared)
    return tpr_change(one, other, pair.shared, fpr, seed)
