"""Difficulty calibration, which several attacks build on."""

from miaudit.arrays import Floats
from miaudit.attacks.base import out_mean
from miaudit.evidence import Panel


def calibrate(panel: Panel, signal: str) -> Floats:
    """s(h, z) - mean over the out-references of s(g, z), (n,) (Watson et al. 2022; HP-MIA Eq. 6)."""
    calibrated: Floats = panel.target(signal) - out_mean(panel.references(signal), panel.in_reference)
    return calibrated
