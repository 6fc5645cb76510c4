"""The part of a result that shows what attacks find with fewer models."""

from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity


class WithModels(Record):
    """The numbers of an attack with some of the reference models."""

    models: int
    """Number of reference models."""
    auc: Quantity
    """The attack's AUC."""
    tpr: Quantity
    """Its true positive rate at 1 % false positives."""


class Convergence(Record):
    """The numbers of one attack as its reference models become more."""

    attack: str
    """Title of the attack."""
    records: int
    """Records that these numbers come from: all, or a sample where many records meet many models."""
    steps: tuple[WithModels, ...]
    """The fewest models first; the last step has all."""
    auc_gain: Quantity
    """By how much the AUC of the last step exceeds that of the step before, on the same records."""
    tpr_gain: Quantity
    """The same for the true positive rate at 1 % false positives."""
