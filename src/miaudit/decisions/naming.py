"""Counts the records that an attacker can name now: at the cut that an attack chose itself, else at the best cut."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools
from miaudit.auditing.findings import ERROR
from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.exposed import best_naming
from miaudit.metrics.intervals import clopper_pearson
from miaudit.metrics.quantity import Quantity

PRECISION = 0.9  # share of members among the called from which on an attack's own cut names them


class NamedNow(NamedTuple):
    """The records that one attack names."""

    attack: str
    number: int  # of records
    members: int  # how many of them are members
    precision: Quantity  # with an interval that holds for all attacks, and for all cuts where the best one was taken
    own_cut: bool  # did the attack choose the cut itself, without the truth?
    named: Bools  # (n,) which records


def named_now(result: AuditResult, records: ScoredRecords) -> NamedNow | None:
    """The records that an attacker can name; None where no attack names any, or where there is no leak.

    An attack's own cut names records if at least nine of ten of them are members; of several attacks, it is the one
    whose precision has the highest lower end. Where no own cut does, the best cut of any attack counts.

    Args:
        result: the result of the audit.
        records: its records with their scores; without their truth nobody is named.
    """
    if result.verdict.level != "leaks" or not len(records) or not records.known.all():
        return None
    own = [_at_own_cut(name, records, len(records.scores)) for name in records.called]
    sure = [claim for claim in own if claim is not None and (claim.precision.value or 0.0) >= PRECISION]
    return max(sure, key=lambda claim: claim.precision.low or 0.0, default=None) or _at_best_cut(records)


def _at_own_cut(name: str, records: ScoredRecords, attacks: int) -> NamedNow | None:
    called = records.called[name]
    number, members = int(called.sum()), int((called & records.member).sum())
    if number == 0:
        return None
    confidence = 1 - ERROR / attacks
    low, high = clopper_pearson(members, number, confidence)
    precision = Quantity(value=members / number, low=low, high=high, confidence=confidence, n=number)
    return NamedNow(name, number, members, precision, own_cut=True, named=called)


def _at_best_cut(records: ScoredRecords) -> NamedNow | None:
    best = best_naming(records, ALPHA)
    if best is None or best.found.precision is None:
        return None
    number = int(np.sum(best.named))
    return NamedNow(best.attack, number, best.found.members, best.found.precision, own_cut=False, named=best.named)
