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
    return _libraries(len(sys.modules)).limit(limits=1)


@lru_cache(maxsize=1)
def _libraries(modules: int) -> ThreadpoolController:
    """The libraries that are loaded, searched again only after an import: the search takes as long as a small task."""
    del modules
    return ThreadpoolController()
