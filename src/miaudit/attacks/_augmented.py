"""A multivariate Gaussian per record, fitted to the outputs of reference models on several views of it."""

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._gaussian import MIN_WIDTH, Center, Variance, choose_variance, fit
from miaudit.attacks._likelihood import SIGNAL
from miaudit.evidence import Panel
from miaudit.maths.blocks import blocks
from miaudit.maths.sums import exact_sum, weighted_mean


class Normals(NamedTuple):
    """Multivariate normal distributions, one per record, over its V views."""

    centre: Floats  # (n, V)
    covariance: Floats  # (n, V, V), or (1, V, V): the same for all records


def online_ratio(panel: Panel, center: Center, variance: Variance) -> Floats:
    """Log N(phi; in) - log N(phi; out), phi the scaled logits of all views, (n,) (Carlini et al. 2022, VI-C)."""
    phi, values = _signals(panel)
    inside = fit_views(values, panel.in_reference, center, variance)
    outside = fit_views(values, ~panel.in_reference, center, variance)
    return log_density(phi, inside) - log_density(phi, outside)


def offline_z(panel: Panel, center: Center, variance: Variance) -> Floats:
    """The views' z-values, added up and divided by the deviation of their sum, (n,).

    The one-sided test of several outcomes that rise together (O'Brien 1984); with one view HP-MIA Eq. 8.
    """
    phi, values = _signals(panel)
    outside = fit_views(values, ~panel.in_reference, center, variance)
    widths = np.sqrt(np.diagonal(outside.covariance, axis1=1, axis2=2))
    correlation = outside.covariance / (widths[:, :, None] * widths[:, None, :])
    z: Floats = ((phi - outside.centre) / widths).sum(axis=1) / np.sqrt(correlation.sum(axis=(1, 2)))
    return z


def fit_views(values: Sequence[Floats], chosen: Bools, center: Center, variance: Variance) -> Normals:
    """Fit to V views' values (R, n) where chosen (R, n); each record needs one chosen value.

    Covariances are kept from being singular by the least width on the diagonal. pooled: one for all records, around
    each one's own centre; global: one for all, around the common centre; per_record: the record's own, shrunk as if V
    further models had the pooled one, since few models tell little of V (V + 1) / 2 numbers.
    """
    counts = chosen.sum(axis=0)
    kind = choose_variance(variance, counts)
    centre = np.stack([fit(of_view, chosen, center, "pooled").centre for of_view in values], axis=1)
    around = np.broadcast_to(_common_centre(centre, counts), centre.shape) if kind == "global" else centre
    scatter = _scatter(values, chosen, around)
    views = len(values)
    pooled = exact_sum(scatter, axis=0)[None] / counts.sum() + MIN_WIDTH**2 * np.eye(views)
    if kind != "per_record":
        return Normals(centre, pooled)
    return Normals(centre, (scatter + views * pooled) / (counts + views)[:, None, None])


def log_density(x: Floats, normals: Normals) -> Floats:
    """Log of the density at x (n, V), (n,), without the constant -V/2 log(2 pi).

    With one view it differs from `_gaussian.log_density` in the last bits and where the least width matters, so that
    evidence without further views is scored by that one.
    """
    root = np.linalg.cholesky(normals.covariance)
    white = np.linalg.solve(root, (x - normals.centre)[:, :, None])[:, :, 0]
    log_widths = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    density: Floats = -0.5 * np.square(white).sum(axis=1) - log_widths
    return density


def _signals(panel: Panel) -> tuple[Floats, list[Floats]]:
    """Scaled logits of all views: the target's (n, V), and for each view the references' (R, n)."""
    views = panel.each_view()
    return np.stack([view.target(SIGNAL) for view in views], axis=1), [view.references(SIGNAL) for view in views]


def _scatter(values: Sequence[Floats], chosen: Bools, around: Floats) -> Floats:
    """(n, V, V) sums over the chosen models of products of differences from `around` (n, V)."""
    n, views = around.shape
    scatter = np.empty((n, views, views))
    for part in blocks(n, views * len(values[0])):
        differences = np.stack([of_view[:, part] for of_view in values]) - around[part].T[:, None]
        differences *= chosen[:, part]
        for v, w in combinations_with_replacement(range(views), 2):
            scatter[part, v, w] = scatter[part, w, v] = exact_sum(differences[v] * differences[w], axis=0)
    return scatter


def _common_centre(centre: Floats, counts: Ints) -> Floats:
    """(V,) mean of the records' centres (n, V), each as often as it has values."""
    return np.array([weighted_mean(of_view, counts) for of_view in centre.T])
