"""A t distribution per record: a Gaussian of unknown mean and variance, with a prior learnt from all records."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaln, digamma, hyp2f1, polygamma, stdtr
from scipy.stats import t

from miaudit.arrays import Floats
from miaudit.attacks._gaussian import MIN_WIDTH
from miaudit.maths.moments import Moments
from miaudit.maths.sums import total, weighted_mean

LEAST_ALPHA, MOST_ALPHA = 0.25, 1e3  # bounds of the prior of variances: from no knowledge to nearly a single value
ONE_VALUE_ALPHA = 2.0  # where the data do not show how much the variances differ
LEAST_SPREAD = 1e-3  # of the records' true means, as a share of the variance within a record
UNDERFLOW = 1e-290  # tails below it are taken in logs


class Prior(NamedTuple):
    """Normal-inverse-gamma: variance ~ IG(alpha, beta), mean ~ N(mean, variance / kappa)."""

    mean: float
    kappa: float
    alpha: float
    beta: float


class Predictive(NamedTuple):
    """A t distribution per record."""

    centre: Floats  # (n,)
    scale: Floats  # (n,) at least MIN_WIDTH
    freedom: Floats  # (n,)

    def log_density(self, x: Floats) -> Floats:
        """(n,) log density at x (n,)."""
        density: Floats = t.logpdf(x, self.freedom, self.centre, self.scale)
        return density

    def log_odds(self, x: Floats) -> Floats:
        """(n,) log(F(x) / (1 - F(x))), F the distribution function; finite however far out x lies."""
        deviation = (x - self.centre) / self.scale
        log_tail = _log_tail(np.abs(deviation), self.freedom)
        odds: Floats = np.sign(deviation) * (np.log1p(-np.exp(log_tail)) - log_tail)
        return odds


def predictive(moments: Moments) -> Predictive:
    """The distribution of a further value of each record, from the moments of those of its values that are known.

    Each record needs at least one value. The prior is fitted to all records, so there is nothing to tune: it dominates
    where a record has few values, and fades where there are many.
    """
    return update(fit_prior(moments), moments)


def update(prior: Prior, moments: Moments) -> Predictive:
    """The posterior predictive of each record: the conjugate update by its own values, mean and variance unknown."""
    count, mean, squares = moments
    kappa, alpha = prior.kappa + count, prior.alpha + count / 2.0
    centre = (prior.kappa * prior.mean + count * mean) / kappa
    shift = prior.kappa * count * (mean - prior.mean) ** 2 / kappa
    beta = prior.beta + 0.5 * (squares + shift)
    scale = np.sqrt(beta * (kappa + 1.0) / (alpha * kappa))
    return Predictive(centre, np.maximum(scale, MIN_WIDTH), 2.0 * alpha)


def fit_prior(moments: Moments) -> Prior:
    """The prior under which the records' means and variances spread as they do.

    alpha and beta from mean and variance of the log sample variances, less what chi-square adds to them (Smyth 2004,
    section 6.2, as limma does): plain moments of the variances would be ruled by the largest of them.
    """
    count, mean, squares = moments
    centre = weighted_mean(mean, count)
    between = weighted_mean((mean - centre) ** 2, count)
    repeated = count > 1
    if repeated.any():
        freedom = count[repeated] - 1.0
        within = max(total(squares[repeated]) / total(freedom), MIN_WIDTH**2)
        alpha, beta = _variances(squares[repeated] / freedom, freedom)
    else:  # one value per record: spread within and between cannot be told apart, half of each is assumed
        within = max(between / 2.0, MIN_WIDTH**2)
        alpha, beta = ONE_VALUE_ALPHA, within * (ONE_VALUE_ALPHA - 1.0)
    noise = within * len(count) / float(count.sum())  # what the error of the records' means adds to `between`
    true_spread = max(between - noise, within * LEAST_SPREAD)
    return Prior(centre, within / true_spread, alpha, beta)


def _variances(sample: Floats, freedom: Floats) -> tuple[float, float]:
    """Alpha and beta of the inverse gamma that the true variances follow, from sample variances (n,)."""
    log_variance = np.log(np.maximum(sample, MIN_WIDTH**2)) - digamma(freedom / 2.0) + np.log(freedom / 2.0)
    centre = weighted_mean(log_variance, freedom)
    noise = weighted_mean(polygamma(1, freedom / 2.0), freedom)
    spread = weighted_mean((log_variance - centre) ** 2, freedom) - noise
    alpha = _inverse_trigamma(spread)
    return alpha, float(np.exp(centre + digamma(alpha)))


def _inverse_trigamma(value: float) -> float:
    """The alpha in [LEAST_ALPHA, MOST_ALPHA] at which trigamma, the variance of the log of a gamma, is nearest."""
    if value <= polygamma(1, MOST_ALPHA):
        return MOST_ALPHA
    if value >= polygamma(1, LEAST_ALPHA):
        return LEAST_ALPHA
    return float(brentq(lambda alpha: polygamma(1, alpha) - value, LEAST_ALPHA, MOST_ALPHA))


def _log_tail(deviation: Floats, freedom: Floats) -> Floats:
    """Log of P(T > deviation) for deviation (n,) >= 0: SciPy's own becomes log 0 where the freedom is large.

    Far out it is log I_x(a, 1/2) / 2, a = freedom / 2, x = 1 / (1 + deviation^2 / freedom), by the hypergeometric
    series of the incomplete beta function (NIST DLMF 8.17.8).
    """
    tail = stdtr(freedom, -deviation)
    log_tail: Floats = np.log(np.maximum(tail, UNDERFLOW))
    far = tail < UNDERFLOW
    a, ratio = freedom[far] / 2.0, deviation[far] ** 2 / freedom[far]
    series = hyp2f1(a + 0.5, 1.0, a + 1.0, 1.0 / (1.0 + ratio))
    log_x, log_rest = -np.log1p(ratio), np.log(ratio) - np.log1p(ratio)
    log_tail[far] = a * log_x + 0.5 * log_rest - np.log(2.0 * a) - betaln(a, 0.5) + np.log(series)
    return log_tail
