import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.maths import blocks
from miaudit.maths.moments import mean_of, moments_of


def drawn(seed: int, models: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    chosen = rng.random((models, n)) < 0.6
    chosen[rng.integers(models, size=n), np.arange(n)] = True
    return rng.normal(size=(models, n)), chosen


@given(st.integers(0, 99), st.integers(1, 6))
def test_they_are_those_of_a_loop(seed: int, models: int) -> None:
    values, chosen = drawn(seed, models, 9)
    found = moments_of(values, chosen)
    for i, (count, mean, squares) in enumerate(zip(*found, strict=True)):
        own = values[chosen[:, i], i]
        assert (count, mean) == (len(own), pytest.approx(own.mean()))
        assert squares == pytest.approx(((own - own.mean()) ** 2).sum())
    np.testing.assert_array_equal(found.mean, mean_of(values, chosen))


def test_blocks_and_the_order_of_models_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    values, chosen = drawn(0, 8, 50)
    whole = moments_of(values, chosen)
    monkeypatch.setattr(blocks, "CELLS", 0)
    for one, other in zip(whole, moments_of(values[::-1], chosen[::-1]), strict=True):
        np.testing.assert_array_equal(one, other)
