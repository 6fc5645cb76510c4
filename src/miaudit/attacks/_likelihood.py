"""Likelihood-ratio scores of a panel, which several attacks build on."""

import numpy as np

from miaudit.arrays import Floats
from miaudit.attacks._gaussian import MIN_WIDTH, Center, Gaussians, Variance, deviation, fit, log_density
from miaudit.evidence import Panel
from miaudit.maths.moments import moments_of

SIGNAL = "scaled_logit"


def offline_z(panel: Panel, center: Center, variance: Variance) -> Floats:
    """(phi - mu_out) / sigma_out, (n,): ranks as 1 - Pr[X > phi], X ~ Q_out (HP-MIA Eq. 8), and never saturates."""
    outside = fit(panel.references(SIGNAL), ~panel.in_reference, center, variance)
    return deviation(panel.target(SIGNAL), outside)


def online_ratio(panel: Panel, center: Center, variance: Variance) -> Floats:
    """Log p(phi | Q_in) - log p(phi | Q_out), (n,) (Carlini et al. 2022, Algorithm 1; HP-MIA Eq. 7)."""
    phi, references = panel.target(SIGNAL), panel.references(SIGNAL)
    inside = fit(references, panel.in_reference, center, variance)
    outside = fit(references, ~panel.in_reference, center, variance)
    return log_density(phi, inside) - log_density(phi, outside)


def predicted_ratio(panel: Panel, center: Center) -> Floats:
    """The ratio of `online_ratio`, with centres of Q_in predicted from those of Q_out, (n,); widths are pooled.

    For panels on which some records have in-references and some have none: how models trained with a record answer is
    learned, by least squares, from the records that have both kinds, and applied to all, so that scores compare. At
    least two records need both, and every record an out-reference.
    """
    phi, references, inside = panel.target(SIGNAL), panel.references(SIGNAL), panel.in_reference
    outside = fit(references, ~inside, center, "pooled")
    both = np.flatnonzero(inside.any(axis=0))
    within = moments_of(references[:, both], inside[:, both])
    known, slope = outside.centre[both], 0.0
    if np.ptp(known) > 0:
        slope = float(np.cov(known, within.mean)[0, 1] / np.var(known, ddof=1))
    centre = within.mean.mean() + slope * (outside.centre - known.mean())
    squares = within.squares + within.counts * (within.mean - centre[both]) ** 2
    width = max(float(np.sqrt(squares.sum() / within.counts.sum())), MIN_WIDTH)
    return log_density(phi, Gaussians(centre, np.full(len(phi), width))) - log_density(phi, outside)
