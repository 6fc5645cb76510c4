"""Fits do not depend on the blocks that they are made in."""

import numpy as np
import pytest

from miaudit.attacks import _gaussian
from miaudit.attacks._gaussian import Center, Variance, fit
from miaudit.maths import blocks


@pytest.mark.parametrize("center", ["mean", "median"])
@pytest.mark.parametrize("variance", ["pooled", "per_record", "global"])
def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch, center: Center, variance: Variance) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(9, 50)) + 1e4  # far from 0: a one-pass variance would lose digits
    chosen = rng.random((9, 50)) < 0.5
    chosen[0] = True
    whole = fit(values, chosen, center, variance)
    monkeypatch.setattr(blocks, "CELLS", 0)
    np.testing.assert_allclose(fit(values, chosen, center, variance), whole, rtol=1e-12)
    if variance == "per_record":
        expected = [np.std(values[chosen[:, i], i]) for i in range(50)]
        np.testing.assert_allclose(whole.width, np.maximum(expected, _gaussian.MIN_WIDTH), rtol=1e-9)
