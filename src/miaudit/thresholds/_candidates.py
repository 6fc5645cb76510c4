"""The cuts that a rule may choose from, and what each would do."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.thresholds.base import ChosenCut


class Candidates(NamedTuple):
    """Cuts from the strictest to the loosest, with the records strictly above each."""

    cuts: Floats
    tp: Ints
    fp: Ints
    members: int
    nonmembers: int

    def best(self, merit: Floats | Ints) -> ChosenCut:
        """The cut with the greatest merit; of equals the one with the fewest false positives, then the strictest."""
        equals = np.flatnonzero(merit == merit.max())
        return ChosenCut(float(self.cuts[equals[np.argmin(self.fp[equals])]]))


def candidates(scores: Floats, member: Bools) -> Candidates:
    """Midpoints of neighbouring distinct scores (HP-MIA Eq. 10) and both ends: no record above, every record above.

    Raises:
        UserError: a score is not finite, or only one kind of record is there.
    """
    members = int(np.sum(member))
    if members in (0, len(member)):
        raise UserError(
            f"a threshold is chosen on members and non-members; got {members} members and "
            f"{len(member) - members} non-members: add known records of the missing kind"
        )
    if not np.all(np.isfinite(scores)):
        raise UserError("a threshold is chosen on finite scores; some are not: remove or repair them")
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    last_of_tie = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    tp = np.append(0, np.cumsum(member[order], dtype=np.int64)[last_of_tie])
    fp = np.append(0, last_of_tie + 1) - tp
    return Candidates(midpoints(ranked[last_of_tie]), tp, fp, members, len(member) - members)


def midpoints(falling: Floats) -> Floats:
    """Cuts for distinct scores (u,) from the highest on: (u + 1,), the i-th has exactly the first i above it."""
    upper, lower = falling[:-1], falling[1:]
    middle = upper / 2.0 + lower / 2.0
    between = np.where(middle < upper, middle, lower)  # neighbouring floats have nothing between them
    below_all = np.nextafter(falling[-1], -np.inf)
    cuts: Floats = np.concatenate((falling[:1], between, [below_all]))
    return cuts
