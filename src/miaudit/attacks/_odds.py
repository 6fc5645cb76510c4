"""What a score that was learned on shadows is worth: how many times as likely it is for a member as for a non-member.

Trees are too sure of the records that they learned from. So a logistic regression of membership on their scores (Platt
1999) is fitted to records that they did not learn from: records are dealt into folds, and a fold is scored by trees
that learned on the others. Such trees know less than those that learn on all records, so the odds claim too little
rather than too much.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.counts import has_both
from miaudit.maths.odds import Odds

FEWEST = 50  # members, and non-members, with which the line is known well enough to speak of odds
Scorer = Callable[[Floats], Floats]  # features (n, F) -> scores (n,)


class Dealt(NamedTuple):
    """Records of one shadow, or of several, and where they are held out."""

    features: Floats  # (m, F)
    fold: Ints  # (m,) counted from 0


def dealt(folds: int, ids: Sequence[Ints], rng: np.random.Generator) -> list[Ints]:
    """The fold of every record, at random; a record lies in one fold wherever it stands.

    Args:
        folds: number of folds.
        ids: names of records, the same for the same record, in several arrays.
        rng: deals them.
    """
    names = np.unique(np.concatenate(ids))
    fold = rng.permutation(len(names)) % folds
    return [fold[np.searchsorted(names, each)] for each in ids]


def held_out(learn: Callable[[Ints], Scorer], known: Ints, asked: Sequence[Dealt], judged: int) -> list[Floats]:
    """The scores of all records asked about, each by a scorer that did not learn from any record of its fold.

    Args:
        learn: makes a scorer from the rows that it may learn on.
        known: (k,) the folds of the rows that there are to learn on.
        asked: records of the first `judged` folds.
        judged: number of folds that are held out, one after the other.
    """
    scores: list[Floats] = [np.empty(len(each.fold)) for each in asked]
    for k in range(judged):
        scorer = learn(np.flatnonzero(known != k))
        for of_part, part in zip(scores, asked, strict=True):
            of_part[part.fold == k] = scorer(part.features[part.fold == k])
    return scores


def line(scores: Floats, member: Bools) -> Odds | None:
    """The line that fits scores (m,) and membership (m,) best, as if there were as many members as non-members.

    A normal prior of deviation 1 on the slope keeps it finite where the scores separate all records. None where there
    are no members, or none but members.
    """
    if not has_both(member):
        return None
    fitted = LogisticRegression().fit(scores[:, None], member)
    share = float(member.mean())
    return Odds(max(float(fitted.coef_[0, 0]), 0.0), float(fitted.intercept_[0]) - float(np.log(share / (1 - share))))


def worth(scores: Floats, member: Bools) -> dict[str, float] | str:
    """The line through scores (m,) and membership (m,) as plain values, or why there is none.

    With fewer than 50 members or non-members, chance alone would move the ratio by a fifth and more.
    """
    members = int(np.sum(member))
    few = min(members, len(member) - members) < FEWEST
    found = None if few else line(scores, member)
    if found is None:
        return (
            f"not estimated: {members} members and {len(member) - members} non-members, fewer than {FEWEST} of a kind"
        )
    return found._asdict()
