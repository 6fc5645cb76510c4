"""A Student distribution per record: a Gaussian of unknown mean and variance, with a prior learnt from all records."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from miaudit.arrays import Bools, Floats

MIN_WIDTH = 1e-3  # floor of every scale: scaled logits live on a scale of about 1
LEAST_ALPHA, MOST_ALPHA = 2.01, 1e3  # of the variances' prior: finite variance of the variance, and nearly one value


class Prior(NamedTuple):
    """Normal-inverse-gamma: variance ~ IG(alpha, beta), mean ~ N(mean, variance / kappa)."""

    mean: float
    kappa: float
    alpha: float
    beta: float


class Predictive(NamedTuple):
    """Student's t, one a record."""

    centre: Floats  # (n,)
    scale: Floats  # (n,)
    freedom: Floats  # (n,)

    def log_density(self, x: Floats) -> Floats:
        """(n,) log density at x (n,)."""
        density: Floats = student.logpdf(x, self.freedom, self.centre, self.scale)
        return density

    def log_odds(self, x: Floats) -> Floats:
        """(n,) log(F(x) / (1 - F(x))), F the distribution function."""
        odds: Floats = student.logcdf(x, self.freedom, self.centre, self.scale) - student.logsf(
            x, self.freedom, self.centre, self.scale
        )
        return odds


def predictive(values: Floats, chosen: Bools) -> Predictive:
    """What a further value of each record is like, from values (R, n) where chosen (R, n).

    The conjugate update of the prior by the record's own values; the prior's parameters are set by moments over all
    records, so that there is nothing to tune: few values lean on the prior, many outweigh it.
    """
    count = chosen.sum(axis=0).astype(np.float64)
    mean = np.einsum("rn,rn->n", values, chosen) / np.maximum(count, 1.0)
    residuals = np.where(chosen, values - mean, 0.0)
    squares = np.einsum("rn,rn->n", residuals, residuals)
    prior = fit_prior(mean, squares, count)
    kappa, alpha = prior.kappa + count, prior.alpha + count / 2.0
    centre = (prior.kappa * prior.mean + count * mean) / kappa
    shift = prior.kappa * count * (mean - prior.mean) ** 2 / kappa
    beta = prior.beta + 0.5 * (squares + shift)
    scale = np.sqrt(beta * (kappa + 1.0) / (alpha * kappa))
    return Predictive(centre, np.maximum(scale, MIN_WIDTH), 2.0 * alpha)


def fit_prior(mean: Floats, squares: Floats, count: Floats) -> Prior:
    """The prior by moments, from each record's mean, sum of squared residuals and count (n,)."""
    seen = count > 0
    centre = float(np.average(mean[seen], weights=count[seen]))
    between = float(np.average((mean[seen] - centre) ** 2, weights=count[seen]))
    freedom = count - 1.0
    told = freedom > 0
    if not told.any():  # one value a record: within and between cannot be told apart, half of each is assumed
        within, alpha = max(between / 2.0, MIN_WIDTH**2), LEAST_ALPHA
    else:
        within = max(float(squares[told].sum() / freedom[told].sum()), MIN_WIDTH**2)
        alpha = _alpha(squares[told] / freedom[told], freedom[told], within)
    means = max(between - within * float(np.mean(1.0 / count[seen])), within * 1e-3)  # variance of the true means
    return Prior(centre, within / means, alpha, within * (alpha - 1.0))


def _alpha(variances: Floats, freedom: Floats, within: float) -> float:
    """How alike the records' variances are: by the spread of the sample variances beyond that of chi-square."""
    noise = 2.0 / float(freedom.mean())
    spread = (float(np.mean((variances - within) ** 2)) - noise * within**2) / (1.0 + noise)
    return float(np.clip(2.0 + within**2 / max(spread, 1e-12), LEAST_ALPHA, MOST_ALPHA))
