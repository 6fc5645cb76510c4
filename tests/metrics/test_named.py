"""Tests of how many records can be named."""

import numpy as np
import pytest
from scipy import stats

from miaudit.arrays import Bools, Floats
from miaudit.metrics.named import named

ALPHA = 0.9
MEMBERS = 0.5
SHIFT = 2.0  # of members' scores: standard normal ones plus this


def drawn(rng: np.random.Generator, n: int, shift: float) -> tuple[Floats, Bools]:
    member = rng.random(n) < MEMBERS
    return rng.normal(size=n) + shift * member, member


def precision_above(cut: Floats, shift: float) -> Floats:
    found, accused = stats.norm.sf(cut - shift), stats.norm.sf(cut)
    precision: Floats = MEMBERS * found / (MEMBERS * found + (1 - MEMBERS) * accused)
    return precision


def test_the_loosest_cut_that_is_precise_enough_by_hand() -> None:
    scores = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0])
    member = np.array([True, False, True, True, True, False])
    at_three_quarters = named(scores, member, 0.75)  # shares above the cuts: 1, 1/2, 2/3, 3/4, 4/5, 4/6
    assert at_three_quarters.cut == 4.0
    assert (at_three_quarters.number.value, at_three_quarters.members) == (5.0, 4)
    assert at_three_quarters.precision is not None
    assert at_three_quarters.precision.value == pytest.approx(0.8)


def test_equal_scores_are_named_together_or_not_at_all() -> None:
    scores = np.array([2.0, 2.0, 2.0, 1.0])
    found = named(scores, np.array([True, True, False, False]), 0.9)
    assert (found.number.value, found.precision, found.cut) == (0.0, None, np.inf)
    whole = named(scores, np.array([True, True, True, False]), 0.9)
    assert (whole.number.value, whole.cut) == (3.0, 1.0)


def test_five_hundred_members_on_top_are_named_for_sure() -> None:
    scores = np.arange(1000.0)
    found = named(scores, scores >= 500, 0.98)
    assert found.number.low is not None
    assert 400 <= found.number.low <= 500
    assert found.number.value is not None
    assert 490 <= found.number.value <= 510  # 500 of 510 are 98 %


def test_the_scale_of_the_scores_and_the_order_of_the_records_do_not_matter() -> None:
    scores, member = drawn(np.random.default_rng(0), 400, SHIFT)
    order = np.random.default_rng(1).permutation(400)
    first, second = named(scores, member, ALPHA), named(np.exp(scores[order]), member[order], ALPHA)
    assert first[1:] == second[1:]


def test_the_interval_covers_the_truth_and_names_nobody_where_nothing_leaks() -> None:
    rng, worlds = np.random.default_rng(5), 300
    missed, invented = 0, 0
    grid = np.linspace(-3, 6, 9001)
    loosest = grid[precision_above(grid, SHIFT) >= ALPHA][0]
    for _ in range(worlds):
        scores, member = drawn(rng, 500, SHIFT)
        number, truth = named(scores, member, ALPHA).number, int((scores > loosest).sum())
        assert number.low is not None
        assert number.high is not None
        missed += not number.low <= truth <= number.high
        nothing = named(*drawn(rng, 500, 0.0), ALPHA).number
        assert nothing.low is not None
        invented += nothing.low > 0
    assert missed <= 0.05 * worlds
    assert invented <= 0.025 * worlds


def test_no_number_within_a_tie_is_ever_possible() -> None:
    """Half of 400 records share the highest score, and half of these are members: nobody can be named, for sure."""
    scores, member = np.repeat([1.0, 0.0], 200), np.tile([True, False], 200)
    found = named(scores, member, 0.9).number
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
