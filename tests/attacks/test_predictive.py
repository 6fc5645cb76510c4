"""The Student predictive against numerical integrals of its model, and the prior against the one that made the data."""

import math

import numpy as np
import pytest
from scipy.integrate import quad, trapezoid
from scipy.stats import invgamma, norm
from scipy.stats import t as student

from miaudit.arrays import Floats
from miaudit.attacks._gaussian import MIN_WIDTH
from miaudit.attacks._predictive import (
    LEAST_ALPHA,
    MOST_ALPHA,
    ONE_VALUE_ALPHA,
    Predictive,
    Prior,
    fit_prior,
    predictive,
    update,
)
from miaudit.maths.moments import Moments, moments_of

PRIOR = Prior(mean=1.0, kappa=0.7, alpha=3.0, beta=4.0)


def evidence_of_values(values: list[float], prior: Prior) -> float:
    """p(values) under the model: the integral over mean and variance, on a grid."""
    variances = np.geomspace(1e-2, 1e4, 900)
    density = np.zeros_like(variances)
    for k, variance in enumerate(variances):
        deviation = math.sqrt(variance / prior.kappa)
        means = np.linspace(prior.mean - 12 * deviation, prior.mean + 12 * deviation, 1200)
        joint = norm.pdf(means, prior.mean, deviation)
        for value in values:
            joint = joint * norm.pdf(value, means, math.sqrt(variance))
        density[k] = trapezoid(joint, means) * invgamma.pdf(variance, prior.alpha, scale=prior.beta)
    return float(trapezoid(density * variances, np.log(variances)))


@pytest.mark.parametrize("values", [[2.0], [0.5, 3.0, 1.0, -1.0]])
def test_the_density_is_the_integral_over_mean_and_variance(values: list[float]) -> None:
    found = update(PRIOR, moments_of(np.array(values)[:, None], np.ones((len(values), 1), dtype=bool)))
    for x in (-4.0, 1.2, 6.0):
        expected = math.log(evidence_of_values([*values, x], PRIOR) / evidence_of_values(values, PRIOR))
        assert found.log_density(np.array([x])) == pytest.approx([expected], abs=1e-5)


def test_values_one_by_one_are_values_at_once() -> None:
    """The textbook's update by a single value, repeated."""
    prior, values = PRIOR, [2.5, -1.0, 0.3]
    for x in values:
        kappa = prior.kappa + 1
        beta = prior.beta + prior.kappa * (x - prior.mean) ** 2 / (2 * kappa)
        prior = Prior((prior.kappa * prior.mean + x) / kappa, kappa, prior.alpha + 0.5, beta)
    scale = math.sqrt(prior.beta * (prior.kappa + 1) / (prior.alpha * prior.kappa))
    found = update(PRIOR, moments_of(np.array(values)[:, None], np.ones((3, 1), dtype=bool)))
    np.testing.assert_allclose(np.ravel(found), [prior.mean, scale, 2 * prior.alpha], rtol=1e-12)


def log_tail(deviation: float, freedom: float) -> float:
    """Log P(T > deviation): the density integrated from there on, as a multiple of its value there."""
    start = student.logpdf(deviation, freedom)
    step = (freedom + deviation**2) / ((freedom + 1) * max(deviation, 1.0))

    def relative(u: float) -> float:
        return math.exp(student.logpdf(deviation + step * u, freedom) - start)

    area = quad(relative, 0, 1, epsabs=0)[0] + quad(relative, 1, math.inf, epsabs=0, limit=500)[0]
    return float(start + math.log(step * area))


@pytest.mark.parametrize("freedom", [4.02, 50.0, 2000.0, 2600.0])
@pytest.mark.parametrize("deviation", [0.5, 10.0, 40.0, 80.0, 1000.0, 7e5])
def test_odds_are_right_however_far_out(freedom: float, deviation: float) -> None:
    """SciPy's log of the distribution function is -inf from 80 deviations on where the freedom is 2000."""
    tail = log_tail(deviation, freedom)
    expected = math.log1p(-math.exp(tail)) - tail
    one = np.ones(1)
    found = Predictive(3.0 * one, 2.0 * one, freedom * one)
    assert found.log_odds(3.0 + 2.0 * deviation * one) == pytest.approx([expected], rel=1e-9)
    assert found.log_odds(3.0 - 2.0 * deviation * one) == pytest.approx([-expected], rel=1e-9)


def test_odds_are_even_at_the_centre() -> None:
    one = np.ones(1)
    assert Predictive(one, one, 5.0 * one).log_odds(one) == pytest.approx([0.0])


@pytest.mark.parametrize("prior", [Prior(2.0, 0.25, 6.0, 10.0), Prior(-1.0, 2.0, 4.0, 1.5)])
def test_the_prior_that_made_the_data_is_found(prior: Prior) -> None:
    """Records with 2 to 21 values each."""
    rng = np.random.default_rng(0)
    n = 40_000
    variance = invgamma.rvs(prior.alpha, scale=prior.beta, size=n, random_state=rng)
    means = rng.normal(prior.mean, np.sqrt(variance / prior.kappa))
    values: Floats = rng.normal(means, np.sqrt(variance), size=(21, n))
    chosen = np.arange(21)[:, None] < rng.integers(2, 22, size=n)
    found = fit_prior(moments_of(values, chosen))
    assert found.mean == pytest.approx(prior.mean, abs=0.05)
    assert found.kappa == pytest.approx(prior.kappa, rel=0.05)
    assert found.alpha == pytest.approx(prior.alpha, rel=0.08)
    assert found.beta == pytest.approx(prior.beta, rel=0.08)


def test_equal_variances_give_the_strongest_prior() -> None:
    values = np.random.default_rng(0).normal(size=(8, 20_000))
    assert fit_prior(moments_of(values, np.ones(values.shape, dtype=bool))).alpha > 100
    constant = np.full(3, 5)
    assert fit_prior(Moments(constant, np.zeros(3), np.full(3, 4.0))).alpha == MOST_ALPHA


def test_the_prior_scales_with_the_values() -> None:
    values = np.random.default_rng(0).normal(size=(4, 50))
    everything = np.ones(values.shape, dtype=bool)
    once, tenfold = (fit_prior(moments_of(factor * values, everything)) for factor in (1.0, 10.0))
    np.testing.assert_allclose(tenfold, np.array(once) * (10.0, 1.0, 1.0, 100.0), rtol=1e-9)


def test_one_value_a_record_is_split_in_halves() -> None:
    """Values -1 and 1: variance 1 in all, half of it within."""
    found = fit_prior(moments_of(np.array([[-1.0, 1.0]]), np.ones((1, 2), dtype=bool)))
    assert found == pytest.approx((0.0, 1.0, ONE_VALUE_ALPHA, 0.5 * (ONE_VALUE_ALPHA - 1)))


def test_variances_that_differ_without_limit_get_the_weakest_prior() -> None:
    squares = np.array([1e-9, 1e9])
    assert fit_prior(Moments(np.full(2, 5), np.zeros(2), squares)).alpha == LEAST_ALPHA


def test_models_that_agree_fully_give_finite_densities() -> None:
    values = np.full((3, 4), 745.0)
    found = predictive(moments_of(values, np.ones(values.shape, dtype=bool)))
    assert (found.scale >= MIN_WIDTH).all()
    for x in (745.0, -745.0, 80.0):
        assert np.isfinite(found.log_density(np.full(4, x))).all()
        assert np.isfinite(found.log_odds(np.full(4, x))).all()
