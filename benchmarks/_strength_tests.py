"""Paired tests between two attacks on the same targets and records."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from _strength_models import TARGETS
from miaudit.arrays import Bools, Floats
from miaudit.metrics.fixed_rate import ROUNDING, rate_at_limit
from miaudit.metrics.paired import ScoresAndTruth, Shared
from miaudit.metrics.paired_rates import resampled_differences

FPRS = (0.01, 0.001, 0.0001)
CONFIDENCE = 0.95


class Difference(NamedTuple):
    """How much more an attack finds than another: the difference of TPRs, a mean over targets, and two intervals.

    The interval over targets is Student's, from the difference of each target. That over records is from a bootstrap
    in which records are drawn for all targets and both attacks alike; it leaves out that other targets would differ.
    """

    setting: str
    attack: str
    other_setting: str
    other: str
    fpr: float
    first: float  # mean TPR of the attack
    second: float  # of the other
    over_targets: tuple[float, float]
    over_records: tuple[float, float]

    @property
    def value(self) -> float:
        """The difference of the mean rates."""
        return self.first - self.second

    @property
    def verdict(self) -> str:
        """`first`, `level` or `behind`; behind if either interval lies below 0."""
        if self.value >= 0:
            return "first"
        return "behind" if self.over_targets[1] < 0 or self.over_records[1] < 0 else "level"

    def p_behind(self, nonmembers: int) -> float:
        """The p-value of the verdict `behind`: twice the smaller p-value of two one-sided tests, at most 1.

        They are the tests of which the intervals are made, so it is below 0.05 if either interval lies below 0.

        Args:
            nonmembers: non-members of each target.
        """
        tests = (
            (self.over_targets, TARGETS - 1),
            (self.over_records, freedom_over_records(nonmembers, self.fpr)),
        )
        return min(1.0, 2 * min(self._p_below(interval, freedom) for interval, freedom in tests))

    def _p_below(self, interval: tuple[float, float], freedom: int) -> float:
        """The chance of a difference as low as this one if there were none, from its interval (Student's t)."""
        error = (interval[1] - interval[0]) / 2 / _reach(freedom)
        if error == 0:
            return 0.0 if self.value < 0 else 1.0
        return float(stats.t.cdf(self.value / error, freedom))


def difference(
    first: Floats, second: Floats, truth: Bools, fpr: float, names: tuple[tuple[str, str], tuple[str, str]]
) -> Difference:
    """Compare the scores of two attacks.

    Args:
        first: (targets, n) scores of an attack.
        second: the same of the other.
        truth: (targets, n) members of each target.
        fpr: the false positive rate.
        names: the settings and names of both.
    """
    rates = np.array([_rates(scores, truth, fpr) for scores in (first, second)])
    everyone = np.arange(truth.shape[1])
    shared = Shared(everyone, everyone)
    drawn = np.mean(
        [  # one seed, so that a resample holds the same records for every target
            resampled_differences(ScoresAndTruth(b, inside), ScoresAndTruth(a, inside), shared, fpr, seed=0)
            for a, b, inside in zip(first, second, truth, strict=True)
        ],
        axis=0,
    )
    apart = rates[0] - rates[1]
    error = float(apart.std(ddof=1)) / len(apart) ** 0.5
    over_targets = _around(float(apart.mean()), error, len(apart) - 1)
    freedom = freedom_over_records(int(min((~truth).sum(axis=1))), fpr)
    over_records = _around(float(apart.mean()), float(drawn.std(ddof=1)), freedom)
    one, other = (float(mean) for mean in rates.mean(axis=1))
    return Difference(*names[0], *names[1], fpr, one, other, over_targets, over_records)


def freedom_over_records(nonmembers: int, fpr: float) -> int:
    """Degrees of freedom of the bootstrap over records: few where few non-members may lie above a cut."""
    return 2 * (int(fpr * nonmembers + ROUNDING) + 1)


def _around(value: float, error: float, freedom: int) -> tuple[float, float]:
    half = _reach(freedom) * error
    return value - half, value + half


def _reach(freedom: int) -> float:
    """Half the width of an interval in standard errors."""
    return float(stats.t.isf((1 - CONFIDENCE) / 2, freedom))


def _rates(scores: Floats, truth: Bools, fpr: float) -> list[float]:
    return [
        rate_at_limit(row[inside], row[~inside], fpr).above / int(inside.sum())
        for row, inside in zip(scores, truth, strict=True)
    ]


class Found(NamedTuple):
    """Members found at 1 % FPR, in per cent of all: means over the targets."""

    rival: str  # the strongest other attack
    both: float  # by `ensemble` and the rival
    alone: float  # by `ensemble` and not by the rival
    rival_alone: float
    alone_of_all: float  # by `ensemble` and by no other attack
    others_alone: float  # by any other attack and not by `ensemble`


def found_by(own: Floats, others: dict[str, Floats], truth: Bools, rival: str) -> Found:
    """Count the members that `ensemble` finds, and those that others find.

    Args:
        own: (targets, n) scores of `ensemble`.
        others: the same of the other attacks as an audit runs them, by name.
        truth: (targets, n) members of each target.
        rival: the name of the strongest of them, maybe with options.
    """
    mine, theirs = _called(own, truth), {name: _called(scores, truth) for name, scores in others.items()}
    name = rival if rival in theirs else rival.partition("[")[0]
    best = theirs[name]
    any_other = np.any(list(theirs.values()), axis=0)
    parts = mine & best, mine & ~best, best & ~mine, mine & ~any_other, any_other & ~mine
    return Found(name, *(round(100 * float(part[truth].mean()), 2) for part in parts))


def _called(scores: Floats, truth: Bools) -> Bools:
    """(targets, n) the records above the cut at 1 % FPR."""
    cuts = [rate_at_limit(row[inside], row[~inside], FPRS[0]).cut for row, inside in zip(scores, truth, strict=True)]
    called: Bools = scores > np.array(cuts)[:, None]
    return called
