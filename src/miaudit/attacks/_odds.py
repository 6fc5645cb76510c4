"""What a score that was learned on shadows is worth: how many times as likely it is for a member as for a non-member.

Trees are too sure of the records that they learned from. So a logistic regression of membership on their scores (Platt
1999) is fitted to records that they did not learn from: each of two halves of the records is scored by trees that
learned on the other half. Such trees know less than those that learn on all records, so the odds claim too little
rather than too much.
"""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.odds import Odds

Scorer = Callable[[Floats], Floats]  # features (n, F) -> scores (n,)


def cross_fitted(
    learn: Callable[[Ints], Scorer], features: Floats, member: Bools, ids: Ints, rng: np.random.Generator
) -> Odds | None:
    """The line for scores of records that were not learned from; None where a half lacks members or non-members.

    Args:
        learn: makes a scorer from the rows of `features` that it may learn on.
        features: (m, F) of the records of all shadows.
        member: (m,) whether the record's shadow was trained on it.
        ids: (m,) names of the records; a record lies in one half with all shadows.
        rng: draws the halves.
    """
    names = np.unique(ids)
    first = np.isin(ids, rng.permutation(names)[: len(names) // 2])
    halves = np.flatnonzero(first), np.flatnonzero(~first)
    if any(member[half].all() or not member[half].any() for half in halves):
        return None
    scores = [learn(half)(features[other]) for half, other in (halves, halves[::-1])]
    return line(np.concatenate(scores), member[np.concatenate(halves[::-1])])


def line(scores: Floats, member: Bools) -> Odds:
    """The line that fits scores (m,) and membership (m,) best, as if there were as many members as non-members.

    A normal prior of deviation 1 on the slope keeps it finite where the scores separate all records.
    """
    fitted = LogisticRegression().fit(scores[:, None], member)
    share = float(member.mean())
    return Odds(max(float(fitted.coef_[0, 0]), 0.0), float(fitted.intercept_[0]) - float(np.log(share / (1 - share))))
