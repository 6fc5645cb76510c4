"""How every audited record stands: its rank by each attack, how hard it is, and what it is compared with."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.exposed import Naming, best_naming


class ByAttack(NamedTuple):
    """The place of every record by one attack's score."""

    scores: Floats  # (n,)
    rank: Ints  # (n,) 1 for the highest; equal scores share it
    tied: Ints  # (n,) other records with the same score
    as_high: Ints  # (n,) other non-members with a score as high or higher
    called: Bools | None  # (n,) called a member at the attack's cut; None where it has none


class Standings(NamedTuple):
    """The places of all records."""

    records: ScoredRecords
    others: Ints  # (n,) number of other non-members
    attacks: dict[str, ByAttack]
    naming: Naming | None  # at a precision; None where the audit names nobody
    calibrated: Floats | None  # (n,) how much better the target fits than models that did not see the record
    calibrated_as_high: Ints | None  # (n,) other non-members that it fits better by as much, or more
    harder_than: Floats | None  # (n,) share of the records that those models fit better


def standings(records: ScoredRecords, alpha: float | None) -> Standings:
    """Rank all records; where `alpha` is given, those that can be named at this precision are marked."""
    member = records.member
    difficulty = records.reference_loss
    calibrated = None if difficulty is None or records.loss is None else records.loss - difficulty
    return Standings(
        records=records,
        others=np.where(member, np.sum(~member), np.sum(~member) - 1),
        attacks={name: _by_attack(scores, member, records.called.get(name)) for name, scores in records.scores.items()},
        naming=None if alpha is None else best_naming(records, alpha),
        calibrated=calibrated,
        calibrated_as_high=None if calibrated is None else as_high(calibrated, member),
        harder_than=None if difficulty is None else above(difficulty, difficulty) / len(difficulty),
    )


def above(values: Floats, among: Floats) -> Ints:
    """Count how many of `among` (m,) lie above each value (n,)."""
    found: Ints = len(among) - np.searchsorted(np.sort(among), values, side="right")
    return found


def as_high(values: Floats, member: Bools) -> Ints:
    """Count how many other non-members have a value (n,) as high as each record, or a higher one."""
    rising = np.sort(values[~member])
    found: Ints = len(rising) - np.searchsorted(rising, values, side="left") - ~member
    return found


def _by_attack(scores: Floats, member: Bools, called: Bools | None) -> ByAttack:
    rising = np.sort(scores)
    higher = above(scores, scores)
    tied = len(scores) - np.searchsorted(rising, scores, side="left") - higher - 1
    return ByAttack(scores, higher + 1, tied, as_high(scores, member), called)
