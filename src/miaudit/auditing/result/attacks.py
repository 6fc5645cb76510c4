"""The part of a result that holds one attack's numbers."""

from typing import Any

from pydantic import Field

from miaudit.attacks.base import Means
from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.summary import Summary


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


class AttackResult(Summary, Record):
    """One attack's numbers on the audited records."""

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
