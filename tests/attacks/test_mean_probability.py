"""Mean probabilities against the plain mean, and in regions where that underflows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.attacks._mean_probability import log_mean, log_mean_of_all
from miaudit.maths import blocks


@given(seed=st.integers(0, 2**32), references=st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_it_is_the_log_of_the_plain_mean(seed: int, references: int) -> None:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.01, 1.0, size=(references, 5))
    chosen = rng.random(p.shape) < 0.5
    chosen[0] = True
    expected = [np.log(np.mean(p[chosen[:, i], i])) for i in range(5)]
    np.testing.assert_allclose(log_mean(np.log(p), chosen), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(log_mean_of_all(np.log(p)), np.log(p.mean(axis=0)), rtol=1e-12, atol=1e-12)


def test_probabilities_too_small_for_a_double_keep_their_ratio() -> None:
    """(e^-740 + e^-741) / 2, from two numbers that a double holds as 0 or nearly so."""
    found = log_mean_of_all(np.array([[-740.0, -2000.0], [-741.0, -2001.0]]))
    shift = np.log((1 + np.exp(-1)) / 2)
    np.testing.assert_allclose(found, [-740 + shift, -2000 + shift], rtol=1e-14)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    log_p, chosen = -rng.exponential(size=(5, 40)), rng.random((5, 40)) < 0.5
    chosen[0] = True
    whole = log_mean(log_p, chosen)
    monkeypatch.setattr(blocks, "CELLS", 0)
    np.testing.assert_array_equal(log_mean(log_p, chosen), whole)
