"""Lists the records that an attack ranks highest, where the audit found a leak."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.maths.ranks import standing
from miaudit.presenter import score


class Exposed(NamedTuple):
    """One row of the table of the records that are most exposed."""

    rank: str  # with "=" where other records have the same score
    id: str
    label: int
    truth: str
    scores: tuple[str, ...]
    called: str  # how many attacks call it a member


def exposed_rows(records: ScoredRecords, names: tuple[str, ...], count: int = 20) -> tuple[Exposed, ...]:
    """The records that the first of the named attacks ranks highest, with the scores of all named ones."""
    scores = records.scores[names[0]]
    order = np.argsort(-scores, kind="stable")[:count]
    return tuple(_exposed(records, names, _rank(scores, int(record)), int(record)) for record in order)


def _rank(scores: Floats, record: int) -> str:
    rank, tied = standing(scores, record)
    return f"{rank}=" if tied else f"{rank}"


def _exposed(records: ScoredRecords, names: tuple[str, ...], rank: str, record: int) -> Exposed:
    called = sum(bool(calls[record]) for calls in records.called.values())
    truths = {True: "member", False: "not a member"}
    return Exposed(
        rank=rank,
        id=str(records.ids[record]),
        label=int(records.labels[record]),
        truth=truths[bool(records.member[record])] if records.known[record] else "unknown",
        scores=tuple(score(float(records.scores[name][record])) for name in names),
        called=f"{called} of {len(records.called)}",
    )
