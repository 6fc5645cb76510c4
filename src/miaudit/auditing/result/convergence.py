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
    """The numbers of one attack with fewer reference models, and with all of them."""

    attack: str
    """Title of the attack."""
    records: int
    """Number of records that were attacked: all, or a random sample where there are many records and models; attacks
    that learn on shadows then learn from the same sample."""
    steps: tuple[WithModels, ...]
    """The fewest models first; the last step has all."""
    auc_gain: Quantity
    """By how much the AUC of the last step exceeds that of the step before, on the same records."""
    tpr_gain: Quantity
    """The same for the true positive rate at 1 % false positives."""
