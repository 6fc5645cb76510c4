"""Draws that belong to a record: uniform, independent, and the same in any company."""

import numpy as np
from scipy.stats import kstest, pearsonr

from miaudit.views.draws import uniforms


def test_the_generator_is_splitmix() -> None:
    """A transcription with Python's own whole numbers."""
    from miaudit.seeds import child_seed

    mask, start = 2**64 - 1, child_seed(3, "noise")

    def slow(k: int) -> float:
        z = (start + k * 0x9E3779B97F4A7C15) & mask
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 11) * 2.0**-53 + 2.0**-54

    drawn = uniforms(np.array([0, 1, 10**9]), 2, 3, "noise")
    assert drawn.tolist() == [[slow(1), slow(2)], [slow(3), slow(4)], [slow(2 * 10**9 + 1), slow(2 * 10**9 + 2)]]


def test_they_are_uniform_and_unrelated() -> None:
    drawn = uniforms(np.arange(20_000), 2, 0, "noise")
    assert kstest(drawn.ravel(), "uniform").pvalue > 1e-3
    assert abs(pearsonr(*drawn.T).statistic) < 0.03
    assert abs(pearsonr(drawn[1:, 0], drawn[:-1, 0]).statistic) < 0.03
    assert abs(pearsonr(drawn[:, 0], uniforms(np.arange(20_000), 2, 1, "noise")[:, 0]).statistic) < 0.03
