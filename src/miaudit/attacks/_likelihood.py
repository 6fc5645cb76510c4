"""Likelihood-ratio scores of a panel, which several attacks build on."""

import numpy as np

from miaudit.arrays import Floats
from miaudit.attacks._gaussian import Center, Variance, fit, log_density
from miaudit.evidence import Panel

SIGNAL = "scaled_logit"


def offline_z(panel: Panel, center: Center, variance: Variance) -> Floats:
    """(phi - mu_out) / sigma_out, (n,): ranks as 1 - Pr[X > phi], X ~ Q_out (HP-MIA Eq. 8), and never saturates."""
    outside = fit(panel.references(SIGNAL), ~panel.in_reference, center, variance)
    z: Floats = (panel.target(SIGNAL) - outside.centre) / outside.width
    return z


def online_ratio(panel: Panel, center: Center, variance: Variance) -> Floats:
    """Log p(phi | Q_in) - log p(phi | Q_out), (n,) (Carlini et al. 2022, Algorithm 1; HP-MIA Eq. 7)."""
    phi, references = panel.target(SIGNAL), panel.references(SIGNAL)
    inside = fit(references, panel.in_reference, center, variance)
    outside = fit(references, np.logical_not(panel.in_reference), center, variance)
    return log_density(phi, inside) - log_density(phi, outside)
