"""Keeps the libraries of linear algebra and of trees to one thread."""

import sys
from contextlib import AbstractContextManager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


def single_threaded() -> AbstractContextManager[object]:
    """Let NumPy, SciPy and scikit-learn compute on one thread within the block.

    Sums over threads depend on the number of cores; on one thread the bits are the same everywhere. For small products,
    waiting for threads also takes longer than computing.
    """
    return _libraries(frozenset(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _libraries(modules: frozenset[str]) -> ThreadpoolController:
    """The libraries that are loaded. They are searched again after an import, which may load more: that takes 1 ms."""
    del modules
    return ThreadpoolController()
