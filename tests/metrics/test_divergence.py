"""KL divergence of two samples."""

import numpy as np
import pytest
from scipy.integrate import simpson
from scipy.stats import gaussian_kde

from miaudit.metrics.divergence import density, kl_divergence


@pytest.mark.parametrize("n", [30, 200])
def test_agrees_with_scipys_kde_and_quadrature(n: int) -> None:
    rng = np.random.default_rng(n)
    first, second = rng.normal(0, 1, n), rng.normal(1, 2, n + 5)
    p, q = gaussian_kde(first, "scott"), gaussian_kde(second, "scott")
    x = np.linspace(-8, 8, 4001)
    expected = simpson(p(x) * (p.logpdf(x) - q.logpdf(x)), x=x)
    assert kl_divergence(first, second) == pytest.approx(expected, rel=2e-3)


def test_large_samples_reach_the_normal_laws() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 1, 40_000), rng.normal(1, 1, 40_000)
    assert kl_divergence(first, second) == pytest.approx(0.5, abs=0.03)


def test_same_sample_has_none() -> None:
    sample = np.random.default_rng(0).normal(size=100)
    assert kl_divergence(sample, sample) == pytest.approx(0.0, abs=1e-9)


def test_density_integrates_to_one_far_from_zero() -> None:
    found = density(np.array([1000.0, 1000.5, 1003.0]), 1e-3)
    x = np.linspace(980, 1025, 20_000)
    assert np.sum(np.exp(found.log_at(x))) * (x[1] - x[0]) == pytest.approx(1.0, abs=1e-6)


def test_samples_without_spread_stay_finite() -> None:
    zeros = np.zeros(5)
    assert kl_divergence(zeros, zeros) == 0.0
    assert np.isfinite(kl_divergence(zeros, np.ones(5)))
    assert np.isfinite(kl_divergence(np.append(np.zeros(50), -745.0), np.linspace(-1, 0, 50)))
