"""Tests of differences between groups."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from miaudit.metrics.apart import Area, area_within, areas_apart, holm, shares_apart


def test_the_area_and_its_weight() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(90) < 30
    scores = rng.normal(size=90) + member
    area = area_within(scores, member)
    assert area.value == pytest.approx(roc_auc_score(member, scores))
    assert area.weight == pytest.approx(40.0)  # 2 / (1/30 + 1/60)


def test_one_of_three_areas_against_the_weighted_mean_of_the_others() -> None:
    areas = [Area(0.9, 0.001, 10.0), Area(0.6, 0.002, 10.0), Area(0.5, 0.004, 30.0)]
    others = (10 * 0.6 + 30 * 0.5) / 40
    spread = (10**2 * 0.002 + 30**2 * 0.004) / 40**2
    z = (0.9 - others) / np.sqrt(0.001 + spread)
    assert areas_apart(areas)[0] == pytest.approx(2 * stats.norm.sf(z))
    assert areas_apart(areas[:1]).tolist() == [1.0]


def test_shares_are_compared_by_fishers_test() -> None:
    found, of = np.array([8, 2, 3]), np.array([10, 12, 11])
    expected = stats.fisher_exact([[8, 2], [5, 18]]).pvalue
    assert shares_apart(found, of)[0] == pytest.approx(expected)


def test_holm_by_hand() -> None:
    assert holm(np.array([0.2, 0.01, 0.02])).tolist() == pytest.approx([0.2, 0.03, 0.04])
    assert holm(np.array([0.9, 0.8])).tolist() == [1.0, 1.0]
    assert not len(holm(np.array([])))


def test_equal_groups_are_rarely_told_apart_and_different_ones_are() -> None:
    rng = np.random.default_rng(3)
    member = np.arange(100) < 50
    wrong, worlds = 0, 400
    for _ in range(worlds):
        areas = [area_within(rng.normal(size=100) + member, member) for _ in range(4)]
        wrong += bool((holm(areas_apart(areas)) < 0.05).any())
    assert wrong <= 0.05 * worlds
    leaky = area_within(rng.normal(size=100) + 3 * member, member)
    assert holm(areas_apart([*areas[:3], leaky])).argmin() == 3
    assert holm(areas_apart([*areas[:3], leaky]))[3] < 0.001
