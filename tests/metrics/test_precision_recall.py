"""Precision at a recall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import precision_recall_curve

from miaudit.metrics.precision_recall import pr_curve, precision_at_recall, recall_at_precision

both_kinds = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds)
def test_curve_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    precision, recall, thresholds = precision_recall_curve(member, scores)
    found = pr_curve(scores, member)
    np.testing.assert_allclose(found.precision, precision[:-1][::-1])
    np.testing.assert_allclose(found.recall, recall[:-1][::-1])
    np.testing.assert_array_equal(found.thresholds, thresholds[::-1])


@given(both_kinds, st.sampled_from([0.2, 0.3, 0.5, 0.7]))
def test_value_is_the_strictest_point_with_that_recall(rows: list[tuple[int, bool]], recall: float) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    curve = pr_curve(scores, member)
    found = precision_at_recall(scores, member, recall)
    assert found.value == pytest.approx(curve.precision[curve.recall >= recall - 1e-12][0])
    assert 0.0 <= (found.low or 0.0) <= (found.value or 0.0) <= (found.high or 0.0) <= 1.0


def test_counts_by_hand() -> None:
    scores = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0])
    member = np.array([True, False, True, True, False, True])
    half = precision_at_recall(scores, member, 0.5)
    assert (half.value, half.n) == (2 / 3, 3)
    assert precision_at_recall(scores, member, 0.2).value == 1.0


def test_recall_at_a_precision_by_hand() -> None:
    scores = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0])
    member = np.array([True, False, True, True, False, True])  # precision 1, 1/2, 2/3, 3/4, 3/5, 2/3
    assert recall_at_precision(scores, member, 0.9) == 0.25
    assert recall_at_precision(scores, member, 0.75) == 0.75
    assert recall_at_precision(scores, member, 0.66) == 1.0
    assert recall_at_precision(scores, ~member, 0.9) == 0.0


@pytest.mark.parametrize("step", [0.0, 1.0])  # continuous scores, and scores with heavy ties
@pytest.mark.parametrize("recall", [0.2, 0.7])
def test_interval_covers(step: float, recall: float) -> None:
    rng = np.random.default_rng(0)
    member = np.arange(1200) < 400
    if step:
        grid = np.arange(60, -60, -1) * step - step / 2
        cut = grid[stats.norm.sf(grid - 1) >= recall][0]
    else:
        cut = stats.norm.isf(recall) + 1
    hits, false = 400 * stats.norm.sf(cut - 1), 800 * stats.norm.sf(cut)
    covered = 0
    for _ in range(200):
        scores = np.concatenate([rng.normal(1, 1, 400), rng.normal(0, 1, 800)])
        found = precision_at_recall(np.round(scores) if step else scores, member, recall)
        covered += (found.low or 0) <= hits / (hits + false) <= (found.high or 0)
    assert covered >= 186
