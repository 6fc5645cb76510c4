"""Threshold fdr."""

import numpy as np
import pytest
from scipy import stats

from miaudit.thresholds.fdr import Fdr


@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.5])
def test_select_is_scipys_benjamini_hochberg_on_conformal_p_values(alpha: float) -> None:
    rng = np.random.default_rng(0)
    known = np.round(rng.normal(size=150), 1)
    judged = np.round(np.concatenate([rng.normal(2, 1, 60), rng.normal(0, 1, 60)]), 1)
    p_values = [(1 + sum(known >= score)) / (1 + len(known)) for score in judged]
    adjusted = stats.false_discovery_control(p_values)
    chosen = Fdr(alpha).select(known, judged)
    assert chosen.constraint_met
    np.testing.assert_array_equal(judged > chosen.value, adjusted <= alpha)


def test_false_discoveries_stay_below_alpha() -> None:
    rng = np.random.default_rng(1)
    member = np.arange(200) < 50
    shares = []
    for _ in range(300):
        scores = rng.normal(size=200) + 3 * member
        called = scores > Fdr(0.2).select(rng.normal(size=200), scores).value
        shares.append(float(np.sum(called & ~member) / max(1, int(np.sum(called)))))
    assert 0.1 < np.mean(shares) <= 0.15 + 0.02  # Theorem 2: alpha * 150 / 200


def test_cut_of_a_shadow_carries_over() -> None:
    rng = np.random.default_rng(2)
    member = np.arange(1000) < 500
    shares = []
    for _ in range(50):
        shadow, target = rng.normal(size=(2, 1000)) + 2 * member
        called = target > Fdr(0.1).cut(shadow, member).value
        shares.append(np.mean(~member[called]))
    assert 0.03 < np.mean(shares) <= 0.06


def test_noise_calls_nobody() -> None:
    scores = np.random.default_rng(3).normal(size=100)
    chosen = Fdr(0.05).cut(scores, np.arange(100) < 50)
    assert not chosen.constraint_met
    assert not np.any(scores > chosen.value)
