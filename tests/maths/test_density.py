"""Kernel densities: the fast path against the sum as it stands."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm

from miaudit.maths import density as module
from miaudit.maths.density import Density


def test_scotts_width_is_scipys() -> None:
    sample = np.random.default_rng(0).normal(3.0, 2.0, 50)
    x = np.linspace(-3.0, 9.0, 20)
    np.testing.assert_allclose(Density.estimate(sample, None).log(x), gaussian_kde(sample).logpdf(x), rtol=1e-9)


def test_a_sample_without_spread_has_the_least_width() -> None:
    assert Density.estimate(np.zeros(5), None, 0.25).bandwidth == 0.25
    assert Density.estimate(np.zeros(5), 2.0, 0.25).bandwidth == 2.0


def test_the_fast_path_is_near_the_exact_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    values, asked = rng.standard_exponential(3000), rng.uniform(0.0, 6.0, 2000)
    density = Density.estimate(values, None)
    exact = density.log(asked)
    monkeypatch.setattr(module, "EXACT", 0)
    np.testing.assert_allclose(density.log(asked), exact, atol=0.01)


def test_the_fast_path_bears_an_outlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT", 0)
    values = np.append(np.random.default_rng(0).normal(size=2000), 1e6)
    density = Density(values, 0.1)
    assert density.log(np.array([1e6]))[0] == pytest.approx(norm.logpdf(0, scale=0.1) - np.log(2001), abs=0.01)
    assert np.isfinite(density.log(np.array([-1e7, 5e5]))).all()
