"""Prepares a call of the user's training function: seeds all generators, and captures what it prints."""

import io
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import numpy as np

SHOWN = 120  # characters of a line that are kept


class Heard(io.TextIOBase):
    """Keeps the last line of what is printed, and nothing else."""

    def __init__(self) -> None:
        self.last = ""
        self._unfinished = ""

    def writable(self) -> bool:
        """True, since text is written to it."""
        return True

    def write(self, text: str) -> int:
        """Take a piece of text, which may hold several lines or a part of one."""
        *lines, self._unfinished = (self._unfinished + text).replace("\r", "\n").split("\n")
        said = [line.strip() for line in (*lines, self._unfinished) if line.strip()]
        self._unfinished = self._unfinished[-10 * SHOWN :]
        if said:
            self.last = said[-1][:SHOWN]
        return len(text)


@contextmanager
def listening() -> Iterator[Heard]:
    """Capture what the block prints, which would otherwise be mixed with progress and results."""
    heard = Heard()
    with redirect_stdout(heard), redirect_stderr(io.StringIO()):
        yield heard


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed the generators that all code shares within the block, and restore them after it.

    A function that draws from these and ignores its `seed` still gives the same model for the same job.
    """
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002  # what the user's code may draw from
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002
    try:
        with _torch_seeded(seed):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002


@contextmanager
def _torch_seeded(seed: int) -> Iterator[None]:
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
