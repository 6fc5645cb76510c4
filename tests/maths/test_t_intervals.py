import numpy as np
import pytest

from miaudit.maths.t_intervals import reach_of_mean, reach_of_next


def test_two_values_have_the_quantile_of_the_cauchy_distribution() -> None:
    assert reach_of_mean(1.0, 2) == pytest.approx(12.7062 / 2**0.5, abs=1e-4)  # tan(0.475 pi)
    assert reach_of_next(1.0, 2) == pytest.approx(12.7062 * 1.5**0.5, abs=1e-4)


def test_both_intervals_hold_as_often_as_they_say() -> None:
    draws = np.random.default_rng(0).normal(3.0, 2.0, size=(20_000, 6))
    sample, further = draws[:, :5], draws[:, 5]
    mean, deviation = sample.mean(axis=1), sample.std(axis=1, ddof=1)
    covers = np.abs(3.0 - mean) <= reach_of_mean(1.0, 5, 0.9) * deviation
    holds = np.abs(further - mean) <= reach_of_next(1.0, 5, 0.9) * deviation
    assert covers.mean() == pytest.approx(0.9, abs=0.01)  # 4 standard errors are 0.0085
    assert holds.mean() == pytest.approx(0.9, abs=0.01)
