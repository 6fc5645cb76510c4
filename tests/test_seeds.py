"""Streams depend on the seed and on every name, and on nothing else."""

import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miaudit.seeds import child_seed, generator

names = st.lists(st.integers(0, 50) | st.text("abc01", max_size=3), max_size=3)


@given(seed=st.integers(0, 2**63 - 1), path=names)
def test_a_child_seed_fits_into_63_bits_and_repeats(seed: int, path: list[str | int]) -> None:
    assert 0 <= child_seed(seed, *path) < 2**63
    assert child_seed(seed, *path) == child_seed(seed, *path)


@given(seeds=st.tuples(st.integers(0, 99), st.integers(0, 99)), a=names, b=names)
def test_another_seed_or_path_gives_another_child(
    seeds: tuple[int, int], a: list[str | int], b: list[str | int]
) -> None:
    same = (seeds[0], [str(name) for name in a]) == (seeds[1], [str(name) for name in b])
    assert (child_seed(seeds[0], *a) == child_seed(seeds[1], *b)) == same


def test_names_do_not_run_together() -> None:
    assert child_seed(1, "ab", "c") != child_seed(1, "a", "bc")
    assert child_seed(1, 23) != child_seed(12, 3)


def test_streams_repeat_and_are_independent() -> None:
    first, again = generator(0, "target").normal(size=4000), generator(0, "target").normal(size=4000)
    np.testing.assert_array_equal(first, again)
    other = generator(0, "shadow").normal(size=4000)
    assert abs(np.corrcoef(first, other)[0, 1]) < 4 / np.sqrt(4000)


def test_the_global_state_is_neither_read_nor_changed() -> None:
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # type: ignore[index] # noqa: NPY002
    draw = generator(0, "x").random()
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index] # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert generator(0, "x").random() == draw


def test_another_process_has_the_same_seed() -> None:
    """Python's own hash would differ from process to process."""
    code = "from miaudit.seeds import child_seed; print(child_seed(7, 'pool', 3))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(out.stdout) == child_seed(7, "pool", 3)
