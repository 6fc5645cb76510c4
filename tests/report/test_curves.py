import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, roc_auc_score

from miaudit.report.curves import (
    CURVE_POINTS,
    SCATTER_POINTS,
    precision_recall_points,
    roc_points,
    sampled,
)

SEEDS = st.integers(0, 2**32 - 1)


def test_roc_keeps_every_corner_of_a_small_curve() -> None:
    scores, member = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    curve = roc_points(scores, member)
    corners = {(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)}
    assert corners <= set(zip(curve.x.tolist(), curve.y.tolist(), strict=True))


@pytest.mark.parametrize("shift", [0.0, 1.0, 4.0])
def test_a_thinned_roc_has_the_area_of_the_whole_one(shift: float) -> None:
    rng = np.random.default_rng(0)
    member = np.arange(20_000) < 10_000
    scores = rng.normal(size=20_000) + shift * member
    curve = roc_points(scores, member)
    assert len(curve.x) <= CURVE_POINTS
    assert auc(curve.x, curve.y) == pytest.approx(roc_auc_score(member, scores), abs=2e-3)


def test_a_thinned_roc_stays_close_on_logarithmic_axes() -> None:
    rng = np.random.default_rng(1)
    member = np.arange(20_000) < 10_000
    scores = rng.normal(size=20_000) + member
    curve = roc_points(scores, member)
    for limit in (0.0005, 0.001, 0.01, 0.1):
        cut = np.sort(scores[~member])[-int(limit * 10_000) - 1]
        truth = np.mean(scores[member] > cut)
        drawn = curve.y[curve.x <= limit].max()
        assert drawn == pytest.approx(truth, rel=0.08)


def test_ties_are_straight_lines() -> None:
    member = np.arange(400) < 200
    scores = np.where(member, np.arange(400) % 4 > 0, np.arange(400) % 4 > 2).astype(float)  # TPR 0.75 at FPR 0.25
    curve = roc_points(scores, member)
    left = curve.x <= 0.25
    assert np.allclose(curve.y[left], 3 * curve.x[left])
    assert np.sum(left) > 20  # enough points for logarithmic axes


@given(SEEDS, st.integers(2, 300), st.integers(1, 40))
def test_roc_rises_from_corner_to_corner(seed: int, count: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    member = rng.permutation(np.arange(count) < max(count // 3, 1))
    curve = roc_points(rng.integers(0, levels, count).astype(float), member)
    assert len(curve.x) <= CURVE_POINTS
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1]) == (0, 0, 1, 1)
    assert np.all(np.diff(curve.x) >= 0)
    assert np.all(np.diff(curve.y) >= 0)


def test_precision_recall_ends_without_the_made_up_point() -> None:
    curve = precision_recall_points(np.array([0.9, 0.8, 0.7]), np.array([False, True, True]))
    assert curve.x.tolist() == [1.0, 0.5, 0.0]
    assert curve.y.tolist() == pytest.approx([2 / 3, 0.5, 0.0])


def test_a_long_precision_recall_curve_is_thinned() -> None:
    rng = np.random.default_rng(2)
    member = np.arange(5000) < 2500
    curve = precision_recall_points(rng.normal(size=5000) + member, member)
    assert len(curve.x) <= CURVE_POINTS
    assert curve.x[0] == 1


def test_the_sample_is_always_the_same() -> None:
    drawn = sampled(10_000)
    assert len(np.unique(drawn)) == SCATTER_POINTS
    assert np.array_equal(drawn, sampled(10_000))
    assert sampled(7).tolist() == list(range(7))
