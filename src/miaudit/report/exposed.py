"""Lists the records that an attack ranks highest, where the audit found a leak."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.exposed import best_naming, naming_in_words
from miaudit.maths.ranks import standing
from miaudit.presenter import score


class Exposed(NamedTuple):
    """One row of the table of the records that are most exposed."""

    place: int  # of the row in the table, from 1
    rank: str  # with "=" where other records have the same score
    id: str
    label: int
    truth: str
    scores: tuple[str, ...]
    called: str  # how many attacks call it a member
    named: bool  # does the first attack call it a member at its own cut?


def exposed_rows(records: ScoredRecords, names: tuple[str, ...], count: int = 20) -> tuple[Exposed, ...]:
    """The records that the first attack calls members, then those that it ranks highest, with all attacks' scores.

    Args:
        records: the audited records.
        names: the attacks, one or more.
        count: number of rows.
    """
    scores = records.scores[names[0]]
    order = np.lexsort((-scores, ~_called(records, names[0])))[:count]
    places = enumerate((int(record) for record in order), 1)
    return tuple(_exposed(records, names, place, _rank(scores, record), record) for place, record in places)


def nameable(result: AuditResult, records: ScoredRecords) -> str:
    """How many records could be named by whoever knew the best cut, in words; empty where nobody is named."""
    if result.verdict.level != "leaks" or not records.known.all():
        return ""
    best = best_naming(records, ALPHA)
    if best is None or best.found.precision is None:
        return ""
    return f"At the best cut there is, {naming_in_words(best.attack, ALPHA, best.found.number, best.found.precision)}"


def _called(records: ScoredRecords, name: str) -> Bools:
    return records.called.get(name, np.zeros(len(records), dtype=bool))


def _rank(scores: Floats, record: int) -> str:
    rank, tied = standing(scores, record)
    return f"{rank}=" if tied else f"{rank}"


def _exposed(records: ScoredRecords, names: tuple[str, ...], place: int, rank: str, record: int) -> Exposed:
    called = sum(bool(calls[record]) for calls in records.called.values())
    truths = {True: "member", False: "not a member"}
    return Exposed(
        place=place,
        rank=rank,
        id=str(records.ids[record]),
        label=int(records.labels[record]),
        truth=truths[bool(records.member[record])] if records.known[record] else "unknown",
        scores=tuple(score(float(records.scores[name][record])) for name in names),
        called=f"{called} of {len(records.called)}",
        named=bool(_called(records, names[0])[record]),
    )
