"""Asks whether a model that was exported, saved or wrapped is audited as its original is."""

from typing import Any

import numpy as np
import numpy.testing as npt

import miaudit
from miaudit.arrays import Floats, Ints


def check_scores(exported: Any, original: Any, x: Floats, y: Ints, rtol: float = 1e-4) -> None:
    """Fail unless an attack gives every record the same score for both models, within float error.

    Args:
        exported: anything that is a target.
        original: likewise.
        x: (n, ...) records, the first half of which are called members.
        y: (n,) their labels.
        rtol: how far scores may differ, relative to the largest one.
    """
    half = len(y) // 2
    parts = ((x[:half], y[:half]), (x[half:], y[half:]))
    found, expected = (scores(model, *parts) for model in (exported, original))
    assert len(np.unique(expected)) > 1
    npt.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max())


def scores(model: Any, members: Any, nonmembers: Any) -> Floats:
    """The scores (n,) that the attack on the loss gives."""
    found = miaudit.audit(model, members, nonmembers, attacks=["loss"])
    values: Floats = found.scores.column("loss").to_numpy()
    return values
