"""What a score that was learned on shadows is worth: how many times as likely it is for a member as for a non-member.

Trees are too sure of the records that they learned from. So a logistic regression of membership on their scores (Platt
1999) is fitted to records that they did not learn from: the records are dealt into folds, and each fold is scored by
trees that learned on the others. Such trees know less than those that learn on all records, so the odds claim too
little rather than too much.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.odds import Odds

Scorer = Callable[[Floats], Floats]  # features (n, F) -> scores (n,)


class Named(NamedTuple):
    """Records of a shadow, or of several."""

    features: Floats  # (m, F)
    ids: Ints  # (m,) the same for the same record


def held_out(
    learn: Callable[[Ints], Scorer], known: Named, others: Named, folds: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Scores of the known records and of the others, each by a scorer that did not learn from the record.

    Args:
        learn: makes a scorer from the rows of the known records that it may learn on.
        known: records to learn on.
        others: further records, which may be among the known ones.
        folds: into so many parts records are dealt; a record lies in one fold wherever it stands.
        rng: deals them.
    """
    names = np.unique(np.concatenate([known.ids, others.ids]))
    dealt = rng.permutation(len(names)) % folds
    places = [dealt[np.searchsorted(names, each.ids)] for each in (known, others)]
    scores = tuple(np.empty(len(place)) for place in places)
    for k in range(folds):
        scorer = learn(np.flatnonzero(places[0] != k))
        for of_part, place, each in zip(scores, places, (known, others), strict=True):
            of_part[place == k] = scorer(each.features[place == k])
    return scores[0], scores[1]


def line(scores: Floats, member: Bools) -> Odds | None:
    """The line that fits scores (m,) and membership (m,) best, as if there were as many members as non-members.

    A normal prior of deviation 1 on the slope keeps it finite where the scores separate all records. None where there
    are no members, or none but members.
    """
    if member.all() or not member.any():
        return None
    fitted = LogisticRegression().fit(scores[:, None], member)
    share = float(member.mean())
    return Odds(max(float(fitted.coef_[0, 0]), 0.0), float(fitted.intercept_[0]) - float(np.log(share / (1 - share))))
