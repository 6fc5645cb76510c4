"""Lists the records that an attack ranks highest, where the audit found a leak."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.maths.ranks import standing
from miaudit.presenter import score


class Exposed(NamedTuple):
    """One row of the table of the records that are most exposed."""

    rank: str  # with "=" where other records have the same score
    id: str
    class_name: str
    truth: str
    scores: tuple[str, ...]
    place: int = 0  # of the row in the table, from 1
    named: bool = False  # does the first attack name it?


def exposed_rows(
    records: ScoredRecords,
    names: tuple[str, ...],
    named: Bools | None = None,
    count: int = 20,
    class_name: Callable[[int], str] = str,
) -> tuple[Exposed, ...]:
    """The named records, then those that the first attack ranks highest, with the scores of all attacks.

    Args:
        records: the audited records.
        names: the attacks, one or more.
        named: (n,) which records the first attack names; None if it names none.
        count: number of rows.
        class_name: names a class by its number.
    """
    marked = np.zeros(len(records), dtype=bool) if named is None else named
    order = exposed_order(records.scores[names[0]], marked)[:count]
    return tuple(
        _exposed(records, names, class_name, record)._replace(place=place, named=bool(marked[record]))
        for place, record in enumerate(order.tolist(), 1)
    )


def exposed_order(scores: Floats, named: Bools) -> Ints:
    """The rows (n,) of all records: those first that are named, then by score (n,) from the highest on."""
    order: Ints = np.lexsort((-scores, ~named))
    return order


def _rank(scores: Floats, record: int) -> str:
    rank, tied = standing(scores, record)
    return f"{rank}=" if tied else f"{rank}"


def _exposed(records: ScoredRecords, names: tuple[str, ...], class_name: Callable[[int], str], record: int) -> Exposed:
    truths = {True: "member", False: "not a member"}
    return Exposed(
        rank=_rank(records.scores[names[0]], record),
        id=str(records.ids[record]),
        class_name=class_name(int(records.labels[record])),
        truth=truths[bool(records.member[record])] if records.known[record] else "unknown",
        scores=tuple(score(float(records.scores[name][record])) for name in names),
    )
