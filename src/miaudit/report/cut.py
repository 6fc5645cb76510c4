"""The cuts that the page's slider offers: for each of them, what every attack finds and whom it wrongly accuses.

A cut is that of `metrics`: the loosest one that at most so many non-members exceed, where a record is called a member
if its score is strictly above the cut.
"""

from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.report.charts.base import Audited
from miaudit.report.columns import counts, numbers

STEPS = 150  # positions of the slider, evenly spaced on a logarithmic scale
ROUND = np.arange(1.0, 10.0)  # times a power of ten: false alarm rates that are offered in any case
HIGHEST = 0.5
FIRST = 0.01  # false alarm rate at which the page opens, if it can be measured
ROUNDING = 1e-9  # 0.3 * 10 is 3, not 2.999...


class Cuts(NamedTuple):
    """One attack at every cut that is offered, from the strictest on, (p,) each."""

    cut: Floats
    below: Ints  # highest rank that is not above the cut; ranks are those of `dense_ranks`
    tp: Ints  # members above the cut
    fp: Ints  # non-members above it


class Ranked(NamedTuple):
    """Scores as ranks: equal scores have the same one."""

    distinct: Floats  # (u,) rising
    rank: Ints  # (n,) from 0 for the lowest score


def cut_data(audit: Audited, attack: str = "") -> dict[str, Any] | None:
    """What the page's slider needs, as JSON, opened at one attack; None where members and non-members are not known."""
    records, known = audit.records, audit.records.known
    if not audit.scored or not records.has_both:
        return None
    members, nonmembers = int(records.member.sum()), int((known & ~records.member).sum())
    allowed = offered(nonmembers)
    attacks = [(name, cuts(records.scores[name], known, records.member, allowed)) for name in audit.scored]
    return {
        "members": members,
        "nonmembers": nonmembers,
        "allowed": allowed.tolist(),
        "attack": audit.scored.index(attack) if attack in audit.scored else 0,
        "first": first_position(allowed, nonmembers),
        "attacks": [
            {
                "name": name,
                "cut": numbers(found.cut, "f8").as_json(),
                "below": counts(found.below).as_json(),
                "tp": counts(found.tp).as_json(),
                "fp": counts(found.fp).as_json(),
            }
            for name, found in attacks
        ],
    }


def offered(nonmembers: int, steps: int = STEPS) -> Ints:
    """Numbers of false alarms that the slider allows, rising from 1 to half of the non-members.

    They are spaced evenly on a logarithmic scale, as far as whole numbers can be, with round rates among them.

    >>> offered(8).tolist()
    [1, 2, 3, 4]
    """
    most = max(1, int(HIGHEST * nonmembers))
    spaced = np.geomspace(1, most, steps)
    powers = 10.0 ** np.arange(-np.ceil(np.log10(nonmembers)), 0)
    round_rates = np.outer(powers, ROUND).ravel()
    counted = (np.r_[spaced, round_rates * nonmembers] + ROUNDING).astype(np.int64)
    return np.unique(counted[(counted >= 1) & (counted <= most)])


def first_position(allowed: Ints, nonmembers: int) -> int:
    """The position at which the page opens: the loosest one within a false alarm rate of 1 %, else the strictest."""
    return max(0, int(np.searchsorted(allowed, FIRST * nonmembers + ROUNDING, side="right")) - 1)


def cuts(scores: Floats, known: Bools, member: Bools, allowed: Ints) -> Cuts:
    """Count whom an attack calls a member at every cut.

    Args:
        scores: (n,) higher for members.
        known: (n,) records whose truth is known; the others have a rank, but are not counted.
        member: (n,) the truth; False where it is unknown.
        allowed: (p,) numbers of false alarms, each below the number of non-members.

    >>> truth = np.array([True, True, False, False])
    >>> cuts(np.array([3.0, 2.0, 2.0, 1.0]), np.ones(4, dtype=bool), truth, np.array([1])).tp
    array([2])
    """
    inside, outside = np.sort(scores[member]), np.sort(scores[known & ~member])
    at = outside[len(outside) - 1 - allowed]
    return Cuts(
        cut=at,
        below=np.searchsorted(dense_ranks(scores).distinct, at),
        tp=len(inside) - np.searchsorted(inside, at, side="right"),
        fp=len(outside) - np.searchsorted(outside, at, side="right"),
    )


def dense_ranks(scores: Floats) -> Ranked:
    """Rank scores (n,) from the lowest one on; equal scores share a rank, and no rank is left out."""
    distinct, rank = np.unique(scores, return_inverse=True)
    return Ranked(distinct, rank.astype(np.int64))
