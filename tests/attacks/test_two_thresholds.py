"""Both searches against the literal loops over all pairs of cuts."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.arrays import Bools, Floats
from miaudit.attacks._two_thresholds import (
    Pair,
    integer_weights,
    most_accurate,
    most_accurate_beyond,
    search_beta,
    search_exact,
)

ALPHAS = [0.0, 0.5, 0.6, 0.75, 0.9, 0.98, 1.0]


def cuts_between(scores: Floats) -> list[float]:
    """HP-MIA Eq. 10, repeated scores apart."""
    ordered = sorted(set(scores.tolist()))
    return [(a + b) / 2 for a, b in itertools.pairwise(ordered)]


def count(s0: Floats, s1: Floats, member: Bools, t0: float, t1: float) -> tuple[int, int]:
    called = [bool(a >= t0 and b > t1) for a, b in zip(s0, s1, strict=True)]
    true = sum(c and bool(m) for c, m in zip(called, member, strict=True))
    return true, sum(called) - true


def literal_beta(s0: Floats, s1: Floats, member: Bools, alpha: float) -> Pair | None:
    """Algorithm 2, line by line."""
    best = None
    for step in range(1001):
        beta = step / 1000
        exclusions = []
        for t0 in cuts_between(s0):
            below = s0 < t0
            found = int(np.sum(below & ~member))
            if found / below.sum() >= beta:
                exclusions.append((found, -t0))
        if not exclusions:
            continue
        t0 = -max(exclusions)[1]
        for t1 in cuts_between(s1[s0 >= t0]):
            tp, fp = count(s0, s1, member, t0, t1)
            if tp and tp / (tp + fp) >= alpha:
                pair = (tp, -fp, t1, t0, -beta)
                best = pair if best is None else max(best, pair)
    return None if best is None else Pair(best[3], best[2], best[0], -best[1], -best[4])


def literal_pairs(s0: Floats, s1: Floats, member: Bools) -> list[Pair]:
    """Every pair of cuts, those that exclude nobody or call everybody or nobody among them."""
    pairs = []
    for t0 in [s0.min(), *cuts_between(s0)]:
        remaining = s1[s0 >= t0]
        for t1 in [np.nextafter(remaining.min(), -np.inf), *cuts_between(remaining), remaining.max()]:
            pairs.append(Pair(float(t0), float(t1), *count(s0, s1, member, t0, t1)))  # noqa: PERF401
    return pairs


def literal_exact(s0: Floats, s1: Floats, member: Bools, alpha: float) -> Pair | None:
    met = [
        p
        for p in literal_pairs(s0, s1, member)
        if p.true_positives and p.true_positives / (p.true_positives + p.false_positives) >= alpha
    ]
    return max(met, key=lambda p: (p.true_positives, -p.false_positives, p.t1, p.t0), default=None)


def literal_accurate(s0: Floats, s1: Floats, member: Bools) -> Pair:
    def key(p: Pair) -> tuple[float, ...]:
        return p.true_positives - p.false_positives, -p.false_positives, p.t1, p.t0

    return max(literal_pairs(s0, s1, member), key=key)


def sample(rng: np.random.Generator, m: int, levels: int | None) -> tuple[Floats, Floats, Bools]:
    member = rng.random(m) < 0.5
    s0, s1 = rng.normal(member * 1.0), rng.normal(member * 1.5)
    if levels is not None:
        s0, s1 = np.round(s0 * levels) / levels, np.round(s1 * levels) / levels
    return s0, s1, member


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("levels", [None, 1, 3])
@pytest.mark.parametrize("m", [1, 2, 7, 25])
def test_searches_are_those_of_the_literal_loops(seed: int, levels: int | None, m: int) -> None:
    s0, s1, member = sample(np.random.default_rng(seed), m, levels)
    for alpha in ALPHAS:
        assert search_exact(s0, s1, member, alpha) == literal_exact(s0, s1, member, alpha)
    assert most_accurate(s0, s1, member) == literal_accurate(s0, s1, member)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("levels", [None, 2])
def test_beta_is_algorithm_2(seed: int, levels: int | None) -> None:
    s0, s1, member = sample(np.random.default_rng(seed), 12, levels)
    for alpha in (0.6, 0.9, 1.0):
        assert search_beta(s0, s1, member, alpha) == literal_beta(s0, s1, member, alpha)


def test_by_hand() -> None:
    """Excluding the two worst fits removes the only non-member among the high s1; alpha = 1 then finds all three."""
    s0 = np.array([-9.0, -8.0, -3.0, -2.0, -1.0, -0.5])
    s1 = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    member = np.array([False, False, True, True, True, False])
    pair = search_exact(s0, s1, member, 1.0)
    assert pair == Pair(-5.5, 0.5, 3, 0)
    assert search_beta(s0, s1, member, 1.0) == Pair(-5.5, 0.5, 3, 0, 0.0)


def test_beta_has_no_cut_where_all_scores_are_equal() -> None:
    same, member = np.zeros(5), np.array([True, True, True, True, False])
    assert search_beta(same, same, member, 0.5) is None
    assert search_exact(same, same, member, 0.5) == Pair(0.0, -5e-324, 4, 1)


def test_nobody_is_called_where_nobody_can_be() -> None:
    s = np.array([3.0, 2.0, 1.0])
    member = np.array([False, False, True])
    assert search_exact(s, s, member, 0.9) is None
    assert most_accurate(s, s, member)[2:4] == (0, 0)


def test_the_most_accurate_pair_beyond_an_exclusion_by_hand() -> None:
    """Precision 1 excludes the two worst fits; of the rest, to call the best one is as accurate as the best three."""
    s0 = np.array([-9.0, -8.0, -3.0, -2.0, -1.0, -0.5])
    s1 = np.array([9.0, 8.0, 5.0, 4.0, 3.0, 2.0])
    member = np.array([False, False, True, False, True, False])
    assert most_accurate_beyond(s0, s1, member, 1.0) == Pair(-5.5, 4.5, 1, 0, 1.0)
    assert most_accurate_beyond(s0, s1, member, 0.75) == Pair(-1.5, 2.5, 1, 0, 0.75)  # costs the member at -3
    worst_is_member = np.array([True, False, True, False, True, True])
    assert most_accurate_beyond(s0, s1, worst_is_member, 0.9) is None


def test_cuts_between_neighbouring_floats_separate_them() -> None:
    low, high = 1.0, np.nextafter(1.0, 2.0)
    member = np.array([False, True])
    s = np.array([low, high])
    assert search_exact(s, np.zeros(2), member, 1.0) == Pair(high, -5e-324, 1, 0)
    assert search_exact(np.zeros(2), s, member, 1.0) == Pair(0.0, low, 1, 0)


@given(alpha=st.integers(0, 1000).map(lambda k: k / 1000), m=st.integers(1, 60), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_exact_is_never_worse_than_beta(alpha: float, m: int, seed: int) -> None:
    s0, s1, member = sample(np.random.default_rng(seed), m, 2)
    beta, exact = search_beta(s0, s1, member, alpha), search_exact(s0, s1, member, alpha)
    if beta is not None:
        assert exact is not None
        assert exact.true_positives >= beta.true_positives


@pytest.mark.parametrize(
    ("alpha", "weights"), [(0.98, (1, 49)), (1.0, (0, 1)), (0.0, (1, 0)), (0.999, (1, 999)), (0.55, (9, 11))]
)
def test_alpha_is_taken_as_the_decimal_it_is(alpha: float, weights: tuple[int, int]) -> None:
    assert integer_weights(alpha) == weights
