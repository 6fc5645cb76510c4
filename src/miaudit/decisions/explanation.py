"""The explanation of one record: typed, and the same in JSON, in Python and in words."""

from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity


class AttackOnRecord(Record):
    """One attack's view of the record."""

    score: float
    """The membership score; higher means more likely a member."""
    rank: int
    """Place among all audited records, 1 for the highest score; equal scores share it."""
    of: int
    """Number of audited records."""
    tied: int
    """Other records with the same score."""
    as_high: Quantity
    """Share of the other non-members that score as high or higher."""
    called: bool | None
    """Whether the attack calls it a member at its own cut; None where it has no cut."""
    log_ratio: float | None = None
    """Natural logarithm of how many times as likely the score is for a member as for a non-member, estimated on the
    shadow models; None where the attack does not estimate it."""


class NamedByAttack(Record):
    """The records that the first screen of the page names, and whether the record is among them."""

    attack: str
    """Title of the attack that names them."""
    own_cut: bool
    """Whether the attack chose the cut itself; otherwise it is read off with the truth, which no attacker has."""
    number: int
    """How many records are named."""
    members: int
    """How many of these are members."""
    precision: Quantity
    """Share of members among these; the interval holds for all attacks together."""
    included: bool
    """Whether the record is one of them."""


class Guarantee(Record):
    """The cut that most records exceed at a precision, read off with the truth, and whether the record does."""

    attack: str
    """Title of the attack."""
    alpha: float
    """The precision asked for."""
    number: Quantity
    """How many records lie above the cut; the interval holds for all cuts and attacks together."""
    precision: Quantity | None
    """Share of members among these; None where no record lies above such a cut."""
    named: bool
    """Whether the record is one of them."""


class Alike(Record):
    """Non-members that are as hard as the record for models that were not trained on them."""

    compared: int
    """How many were compared: of the same class and nearest in difficulty."""
    fitted_as_well: int
    """How many of these the target fits as well as the record, or better."""


class OtherModels(Record):
    """How exposed the record is where other models are the target: each model of the pool in turn."""

    trained: int
    """Models that were trained on the record."""
    found: Quantity
    """Share of these that would give it away, at a cut that 1 % of the records outside their training exceed."""
    others: int
    """Models that were not trained on it."""
    accused: Quantity
    """Share of these that would seem to have been trained on it, at the same cuts."""
    fit_trained: float | None
    """Mean log-probability of its class by models that were trained on it; None where there are none."""
    fit_others: float | None
    """Mean log-probability of its class by the others."""


class Explanation(Record):
    """Why a record is exposed, or is not."""

    id: int | str
    """What the user calls the record."""
    label: int
    """Its class."""
    member: bool
    """Whether the target was trained on it."""
    attacks: dict[str, AttackOnRecord]
    """Title of the attack -> its view of the record, the strongest attack first."""
    named: NamedByAttack | None
    """Whether the first screen names the record; None where it names nobody."""
    decision: Guarantee | None
    """Whether the record lies above the best cut at a precision; None where the audit found no leak."""
    fit: float | None
    """Log-probability that the target gives the record's class, or the number that takes its place."""
    reference_fit: float | None
    """Mean of the same number over models that did not see the record: the lower, the harder."""
    harder_than: float | None
    """Share of the audited records that those models fit better."""
    calibrated: float | None
    """`fit` minus `reference_fit`."""
    calibrated_as_high: Quantity | None
    """Share of the other non-members with a calibrated score as high or higher."""
    alike: Alike | None
    """Comparison with non-members that are as hard; None where difficulty is unknown."""
    models: OtherModels | None
    """The record with models of the pool as targets; None where there is no pool, or no evidence at hand."""
    sentences: tuple[str, ...]
    """The reasons in words."""

    def __str__(self) -> str:
        return "\n".join(self.sentences)
