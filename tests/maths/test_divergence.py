"""KL divergence of two samples, from none to full separation."""

import numpy as np
import pytest
from scipy.special import logsumexp

from miaudit.arrays import Floats
from miaudit.maths import density
from miaudit.maths.density import Density
from miaudit.maths.divergence import kl_divergence


def log_mixture(sample: Floats, width: float, x: Floats) -> Floats:
    """log of the mean of the kernels, as it stands."""
    kernels = -0.5 * ((x[:, None] - sample) / width) ** 2 - np.log(width * np.sqrt(2.0 * np.pi) * len(sample))
    log: Floats = logsumexp(kernels, axis=1)
    return log


def slow(first: Floats, second: Floats) -> float:
    """The mean over the first sample of the log ratio's integral under the kernel of that value alone."""
    least = 1e-3 * float(np.std(np.concatenate((first, second))))
    p, q = (max(float(np.std(one, ddof=1)) * len(one) ** -0.2, least) for one in (first, second))
    z = np.linspace(-8.0, 8.0, 801)
    weights = np.exp(-0.5 * z**2) / np.sum(np.exp(-0.5 * z**2))
    ratios = [log_mixture(first, p, x) - log_mixture(second, q, x) for x in first[:, None] + p * z]
    return float(np.mean(ratios @ weights))


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0, 3.0, 30.0])
@pytest.mark.parametrize("spread", [1e-6, 0.01, 1.0, 100.0])
def test_agrees_with_the_slow_integral_however_far_the_samples_lie_apart(shift: float, spread: float) -> None:
    rng = np.random.default_rng(0)
    first, second = shift + spread * rng.normal(size=60), rng.normal(size=80)
    assert kl_divergence(first, second) == pytest.approx(slow(first, second), rel=0.01)


def test_losses_of_a_perfect_attack() -> None:
    """Members' p is 1 - 1e-6, others' p anything: the members' density is far narrower than any grid over both."""
    rng = np.random.default_rng(0)
    members, others = 1e-6 * rng.uniform(0.9, 1.1, 100), -np.log(rng.uniform(0.05, 0.95, 100))
    assert kl_divergence(members, others) == pytest.approx(slow(members, others), rel=0.01)
    assert kl_divergence(members, others) > 5.0


def test_an_outlier_moves_the_grid_from_nothing() -> None:
    rng = np.random.default_rng(1)
    first, second = np.append(rng.normal(size=100), 745.0), rng.normal(1.0, 1.0, 100)
    assert kl_divergence(first, second) == pytest.approx(slow(first, second), rel=0.01)
    assert kl_divergence(second, first) == pytest.approx(slow(second, first), rel=0.01)


def test_the_fast_densities_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 1, 300), rng.normal(1, 2, 300)
    exact = kl_divergence(first, second)
    monkeypatch.setattr(density, "EXACT", 0)
    assert kl_divergence(first, second) == pytest.approx(exact, rel=0.01)


def test_large_samples_reach_the_normal_laws() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 1, 40_000), rng.normal(1, 1, 40_000)
    assert kl_divergence(first, second) == pytest.approx(0.5, abs=0.03)


def test_the_same_sample_has_none() -> None:
    sample = np.random.default_rng(0).normal(size=100)
    assert kl_divergence(sample, sample) == 0.0


def test_a_given_width_is_that_of_every_kernel() -> None:
    """Single values: normal laws of that width, half the square of the shift in widths."""
    assert kl_divergence(np.array([1000.0]), np.array([1003.0]), width=1.5) == pytest.approx(2.0)


def test_samples_without_spread_stay_finite() -> None:
    zeros = np.zeros(5)
    assert kl_divergence(zeros, zeros) == 0.0
    assert np.isfinite(kl_divergence(zeros, np.ones(5)))
    assert np.isfinite(kl_divergence(np.append(np.zeros(50), -745.0), np.linspace(-1, 0, 50)))


def test_the_density_integrates_to_one_far_from_zero() -> None:
    found = Density.estimate(np.array([1000.0, 1000.5, 1003.0]), None)
    x = np.linspace(980, 1025, 20_000)
    assert np.sum(np.exp(found.log(x))) * (x[1] - x[0]) == pytest.approx(1.0, abs=1e-6)
