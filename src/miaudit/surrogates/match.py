"""How alike a surrogate and the target are, on the records that each was trained on and on others."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats

GRAIN = 1e-9  # differences of log-probabilities that are rounding


class Judged(NamedTuple):
    """What one model says about n records of known labels."""

    correct: Floats  # (n,) 1 where it is right
    log_p: Floats  # (n,) log-probability of the true class
    own: Bools  # (n,) was it trained on the record?


class Match(NamedTuple):
    """Differences between the target and a surrogate, each from 0 for equal to 1."""

    accuracy_own: float  # of accuracy on the records that a model was trained on
    accuracy_other: float  # of accuracy on other records
    losses_own: float  # distance of the losses' distributions on the records that a model was trained on
    losses_other: float  # the same on records that neither was trained on
    apart: float  # mean difference of the true class's probability on records that neither was trained on

    @property
    def total(self) -> float:
        """What the choice among surrogates makes small: the mean of all."""
        return float(np.mean(self))


def match(target: Judged, surrogate: Judged) -> Match:
    """Compare two models that say something about the same records.

    The distance of two distributions is that of Kolmogorov and Smirnov, the largest gap between their cumulative
    shares: it needs no scale, and losses may be 0 or large without bound.

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
        apart=_mean(np.abs(np.exp(target.log_p) - np.exp(surrogate.log_p)), neither),
    )


def distance(first: Floats, second: Floats) -> float:
    """The largest gap between the cumulative shares of two samples, (n,) and (m,).

    >>> distance(np.array([0.0, 1.0]), np.array([0.0, 1.0, 2.0, 3.0]))
    0.5
    """
    first, second = (np.sort((values / GRAIN).round()) for values in (first, second))
    every = np.concatenate([first, second])
    shares = [np.searchsorted(values, every, side="right") / len(values) for values in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())


def _mean(values: Floats, chosen: Bools) -> float:
    return float(values[chosen].mean())
