"""The cuts that a rule may choose from, and what each would do."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.maths.counts import counts
from miaudit.maths.midpoints import cuts_between
from miaudit.thresholds.base import ChosenCut


class Candidates(NamedTuple):
    """Cuts from the strictest to the loosest, with the records strictly above each."""

    cuts: Floats
    tp: Ints
    fp: Ints
    members: int
    nonmembers: int

    def best(self, merit: Floats | Ints) -> ChosenCut:
        """Choose the cut of greatest merit (c,); of equals that with the fewest false positives, then the strictest."""
        equals = np.flatnonzero(merit == merit.max())
        return ChosenCut(float(self.cuts[equals[np.argmin(self.fp[equals])]]))


def candidates(scores: Floats, member: Bools) -> Candidates:
    """List midpoints of neighbouring scores (HP-MIA Eq. 10) and both ends, for scores (m,) and membership (m,).

    The first cut has no record above it, the last one every record.

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
    distinct, tp, fp = counts(scores, member)
    return Candidates(cuts_between(distinct), np.append(0, tp), np.append(0, fp), members, len(member) - members)
