"""The part of a result that holds one attack's numbers."""

from typing import Any

from pydantic import Field

from miaudit.attacks.base import Means
from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.ties import FirstCut


class Decision(Record):
    """What the attacker would claim, at a cut chosen without the truth: records strictly above the cut are members."""

    rule: str
    """How the cut was chosen, in words; "none: ..." where there were no records to choose it on."""
    cut: float | None
    """The cut on the attack's score; None where none could be chosen."""
    constraint_met: bool = True
    """Whether the cut reaches what its rule asks for, a false positive rate for instance."""
    tp: int | None = None
    """Members called members."""
    fp: int | None = None
    """Non-members called members."""
    tn: int | None = None
    """Non-members not called members."""
    fn: int | None = None
    """Members not called members."""
    recall: Quantity | None = None
    """Share of the members that are called members."""
    precision: Quantity | None = None
    """Share of members among the records called members; None where no record is."""


class AttackResult(Record):
    """One attack's numbers on the audited records."""

    auc: Quantity
    """Area under the ROC curve: 0.5 is guessing, 1 separates every member from every non-member."""
    balanced_accuracy: Quantity
    """Mean of the true positive and the true negative rate at the best cut, as in the papers."""
    tpr_at_fpr: dict[str, Quantity]
    """True positive rate at the false positive rates "0.01", "0.001" and "0.0001"."""
    precision_at_recall: dict[str, Quantity]
    """Precision where the recall is "0.2", "0.3", ... "0.7"."""
    epsilon: Quantity
    """Privacy loss that the scores show; its `low` is the lower bound on epsilon."""
    first_cut: FirstCut | None = None
    """The strictest rule that calls any record a member; None in results of older versions."""
    randomised_tpr_at_fpr: dict[str, Quantity] = Field(default_factory=dict)
    """True positive rate at exactly these false positive rates, with ties at the cut broken at random."""
    decision: Decision
    """What the attacker would claim at a cut chosen without the truth."""
    params: dict[str, Any]
    """The attack's hyper-parameters."""
    paper: str
    """Author, venue and arXiv id of the attack's paper."""
    adversary: str
    """What the attacker is assumed to know and to be able to do."""
    means: Means | None = None
    """The most costly thing that the attacker must have beside access to the target: nothing more (`queries`),
    records known to be inside or outside its training data (`records`), or models of their own, as references or
    as shadows of the target. None in results of earlier versions."""
    learned: dict[str, Any] = Field(default_factory=dict)
    """What the attack reports about itself: choices made, thresholds, densities."""
