"""Mean and spread over targets."""

import numpy as np
import pytest
from scipy import stats

from miaudit.metrics.quantity import Quantity
from miaudit.metrics.spread import mean, over_targets, spread
from miaudit.metrics.summary import summarise


def test_interval_is_students() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    found = mean(values, 0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.n == 4


def test_one_value_has_no_interval_and_none_no_mean() -> None:
    assert mean([3.0]).text(1) == "3.0"
    assert not mean([]).resolved


def test_targets_that_cannot_tell_are_counted() -> None:
    good = [Quantity(value=value, low=0, high=1, n=10) for value in (0.2, 0.4)]
    lost = Quantity.unresolved(5, "needs >= 100 non-members, have 5")
    found = spread([*good, lost])
    assert found.values == (0.2, 0.4)
    assert found.std == pytest.approx(np.sqrt(0.02))
    assert found.mean.value == pytest.approx(0.3)
    assert found.mean.note == "resolved by 2 of 3 targets"
    assert spread([lost, lost]).mean.note == lost.note
    assert spread(good[:1]).std is None


def test_every_metric_of_a_summary() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(400) < 200
    summaries = [summarise(rng.normal(size=400) + 2 * member, member) for _ in range(3)]
    found = over_targets(summaries)
    assert len(found) == 2 + 3 + 6 + 1
    assert found["auc"].values == tuple(one.auc.value for one in summaries)
    assert found["epsilon.low"].values == tuple(one.epsilon.low for one in summaries)
    assert not found["tpr_at_fpr.0.001"].mean.resolved
    assert over_targets([]) == {}
