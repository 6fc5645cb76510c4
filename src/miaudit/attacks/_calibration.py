"""Computes the difficulty-calibrated score that several attacks build on."""

from miaudit.arrays import Floats
from miaudit.evidence import Panel
from miaudit.maths.moments import mean_of


def calibrate(panel: Panel, signal: str) -> Floats:
    """s(h, z) - mean over the out-references of s(g, z), (n,) (Watson et al. 2022; HP-MIA Eq. 6)."""
    calibrated: Floats = panel.target(signal) - mean_of(panel.references(signal), ~panel.in_reference)
    return calibrated
