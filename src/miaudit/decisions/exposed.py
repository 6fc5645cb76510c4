"""The records that an attacker can name: those above a cut at which a given share of the named are members."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from miaudit.arrays import Bools
from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.metrics.named import Named, named
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import count, limit, rate, score

ERROR = 0.05  # chance that an interval of any attack is wrong


@dataclass(frozen=True)
class NamedRecord:
    """A record that an attacker would call a member."""

    rank: int  # 1 for the highest score
    id: int | str
    label: int
    class_name: str  # of the label; its number where classes have no names
    member: bool  # the truth
    score: float


class Naming(NamedTuple):
    """The attack that names most records at a precision."""

    attack: str
    found: Named
    named: Bools  # (n,)


@dataclass(frozen=True)
class ExposedRecords:
    """The records that can be named at a precision, the highest score first."""

    attack: str  # that names them; empty where nobody is named
    alpha: float  # the precision
    number: Quantity | None  # how many; None where the audit found no leak
    precision: Quantity | None  # share of members among them; None where nobody is named
    records: tuple[NamedRecord, ...] = field(repr=False)
    note: str  # why nobody is named; else empty

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[NamedRecord]:
        return iter(self.records)

    def __str__(self) -> str:
        if self.number is None or self.precision is None:
            return self.note
        lines = [f"{record.rank:>6}  {record.id}  class {record.class_name}  {score(record.score)}" for record in self]
        return "\n".join([naming_in_words(self.attack, self.alpha, self.number, self.precision), *lines])

    def to_arrow(self) -> pa.Table:
        """A table with one row per record: rank, id, label, class_name, member, score."""
        return pa.Table.from_pylist([asdict(record) for record in self.records])


def exposed(audit: SavedAudit, alpha: float = ALPHA) -> ExposedRecords:
    """The records that are named by the attack that names most at a precision of at least `alpha`.

    Args:
        audit: a finished audit with its scores.
        alpha: least share of members among the named records, in (0, 1).

    Returns:
        The records; none where the audit found no leak. The intervals hold together for all cuts and attacks.

    Raises:
        UserError: alpha is out of range, or the truth is not known.
    """
    records = known_records(audit)
    check_alpha(alpha)
    if audit.result.verdict.level != "leaks":
        note = f"Nobody is named: {audit.result.verdict.headline} A ranking would be mere chance."
        return ExposedRecords("", alpha, None, None, (), note)
    naming = best_naming(records, alpha)
    if naming is None or naming.found.precision is None:
        note = f"No attack names any record at a precision of {limit(alpha)}."
        return ExposedRecords("", alpha, None if naming is None else naming.found.number, None, (), note)
    return ExposedRecords(
        naming.attack, alpha, naming.found.number, naming.found.precision, _records(audit, records, naming), ""
    )


def known_records(audit: SavedAudit) -> ScoredRecords:
    """The scores of an audit's records; raises UserError where they are not at hand, or the truth is not known."""
    table = audit.needs_scores("what is said of single records")
    records = ScoredRecords.from_table(table, tuple(audit.result.attacks))
    if not records.known.all():
        raise UserError(f"{audit.name} does not say for every record whether it is a member, which is needed here")
    return records


def check_alpha(alpha: float) -> None:
    """Raise UserError where a precision is not between 0 and 1."""
    if not 0 < alpha < 1:
        raise UserError(f"expected a precision between 0 and 1 as alpha, such as 0.98, got {shortened(alpha)}")


def best_naming(records: ScoredRecords, alpha: float) -> Naming | None:
    """The attack that names most records for sure or, if none names any, most as measured; None without attacks.

    Confidences are corrected for the choice among the attacks.
    """
    confidence = 1.0 - ERROR / max(len(records.scores), 1)
    found = {name: named(scores, records.member, alpha, confidence) for name, scores in records.scores.items()}
    if not found:
        return None
    attack = max(found, key=lambda name: (found[name].number.low or 0.0, found[name].number.value or 0.0))
    return Naming(attack, found[attack], records.scores[attack] > found[attack].cut)


def naming_in_words(attack: str, alpha: float, number: Quantity, precision: Quantity) -> str:
    """One sentence on how many records can be named with the truth, and how many of them are members."""
    sure = rate(precision)
    return (
        f"At a cut that is set by the truth, {attack} names {count(number.value or 0)} records at a precision of "
        f"{limit(alpha)}: {sure.value} of them are members, at least {sure.low} with {limit(1 - ERROR)} confidence for "
        "all attacks and cuts together."
    )


def _records(audit: SavedAudit, records: ScoredRecords, naming: Naming) -> tuple[NamedRecord, ...]:
    scores = records.scores[naming.attack]
    order = np.argsort(-scores, kind="stable")[: int(naming.named.sum())]
    rank = np.searchsorted(-scores[order], -scores[order], side="left") + 1
    return tuple(
        NamedRecord(
            int(rank[place]),
            _plain(records.ids[row]),
            label := int(records.labels[row]),
            audit.result.target.class_name(label),
            bool(records.member[row]),
            float(scores[row]),
        )
        for place, row in enumerate(order)
    )


def _plain(value: Any) -> int | str:
    return int(value) if isinstance(value, int | np.integer) else str(value)
