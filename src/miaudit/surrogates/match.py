"""Measures how alike a surrogate and the target are, on the records that each was trained on and on others."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from miaudit.arrays import Bools, Floats

GRAIN = 1e-9  # differences of log-probabilities that are rounding


class Judged(NamedTuple):
    """One model's outputs on n records of known labels."""

    correct: Floats  # (n,) 1 where it is right
    log_p: Floats  # (n,) log-probability of the true class
    own: Bools  # (n,) was it trained on the record?


class Match(NamedTuple):
    """Differences between the target and a surrogate, each from 0 for equal to 1."""

    accuracy_own: float  # of accuracy on the records that a model was trained on
    accuracy_other: float  # of accuracy on other records
    losses_own: float  # distance of the losses' distributions on the records that a model was trained on
    losses_other: float  # the same on records that neither was trained on
    order: float  # how differently the two rank by loss the records that neither was trained on

    @property
    def total(self) -> float:
        """The mean of all differences, which the chosen surrogate minimises."""
        return float(np.mean(self))


def match(target: Judged, surrogate: Judged) -> Match:
    """Compare two models by their outputs on the same records.

    The distance of two distributions is that of Kolmogorov and Smirnov, the largest gap between their cumulative
    shares: it needs no scale, and losses may be 0 or large without bound. The order of losses tells kinds of models
    apart: models of one kind find the same records hard.

    Args:
        target: what the target says about n records.
        surrogate: what the surrogate says about them.

    Raises:
        ValueError: a side has no records.
    """
    neither = ~target.own & ~surrogate.own
    if not (target.own.any() and surrogate.own.any() and neither.any()):
        raise ValueError("expected records of both models, and some that neither was trained on")
    return Match(
        accuracy_own=abs(_mean(target.correct, target.own) - _mean(surrogate.correct, surrogate.own)),
        accuracy_other=abs(_mean(target.correct, ~target.own) - _mean(surrogate.correct, ~surrogate.own)),
        losses_own=distance(target.log_p[target.own], surrogate.log_p[surrogate.own]),
        losses_other=distance(target.log_p[neither], surrogate.log_p[neither]),
        order=disorder(target.log_p[neither], surrogate.log_p[neither]),
    )


def distance(first: Floats, second: Floats) -> float:
    """The largest gap between the cumulative shares of two samples, (n,) and (m,).

    >>> distance(np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0, 3.0]))
    0.5
    """
    first, second = np.sort(_grains(first)), np.sort(_grains(second))
    every = np.concatenate([first, second])
    shares = [np.searchsorted(values, every, side="right") / len(values) for values in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def disorder(first: Floats, second: Floats) -> float:
    """1 minus Spearman's rank correlation of two values (n,) of the same records, but at most 1; ties share a rank.

    Two constants count as the same order, 0; a constant and varying values as unrelated, 1.

    >>> round(disorder(np.array([0.1, 0.2, 0.3, 0.4]), np.array([-9.0, -2.0, -7.0, -1.0])), 3)
    0.2
    """
    ranks = np.stack([stats.rankdata(_grains(values)) for values in (first, second)])
    constant = np.ptp(ranks, axis=1) == 0
    if constant.any():
        return 0.0 if constant.all() else 1.0
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    standard = centred / centred.std(axis=1, keepdims=True)
    # Half the mean square of the differences is 1 minus the correlation, and exactly 0 for equal ranks.
    return min(float(np.square(standard[0] - standard[1]).mean()) / 2, 1.0)


def _grains(values: Floats) -> Floats:
    """The values (n,) as whole numbers of steps so small that smaller differences are rounding errors."""
    steps: Floats = (values / GRAIN).round()
    return steps


def _mean(values: Floats, chosen: Bools) -> float:
    return float(values[chosen].mean())
