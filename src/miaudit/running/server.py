"""How worker processes begin: on Linux as forks of a server that has imported what takes long, elsewhere from nothing.

A fork of this process would inherit the locks of its threads; the server has no threads. It ends with this process.
"""

import multiprocessing as mp
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

ALONE = "PYTHONSAFEPATH"  # set: files of the current folder do not stand in for modules of libraries
IMPORTED = [  # by the server
    "sklearn.ensemble",
    "sklearn.neural_network",
    "miaudit.running.local",
    "miaudit.auditing.attacking",
]
FOR_NETWORKS = ["torch", "miaudit.training.fit_many", "miaudit.training.optimizers", "miaudit.training.recipe"]


def usual_start() -> "SpawnContext | ForkServerContext":
    """The way in which processes begin on this system."""
    return mp.get_context("forkserver") if sys.platform == "linux" else mp.get_context("spawn")


@contextmanager
def apart() -> Iterator[None]:
    """Processes that begin in the block do not run the user's script, which may lack a main guard."""
    _name_imports()
    main, before = sys.modules["__main__"], os.environ.get(ALONE)
    sys.modules["__main__"], os.environ[ALONE] = ModuleType("__main__"), "1"
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if before is None:
            del os.environ[ALONE]
        else:
            os.environ[ALONE] = before


def set_environment(wanted: dict[str, str]) -> None:
    """Give this process the environment of another: that of the server is as old as the server."""
    for name in os.environ.keys() - wanted.keys():
        del os.environ[name]
    os.environ.update(wanted)


@cache
def _name_imports() -> None:
    if sys.platform == "linux":
        # Where torch is not loaded here, no network is trained there.
        wanted = IMPORTED + FOR_NETWORKS if "torch" in sys.modules else IMPORTED
        mp.get_context("forkserver").set_forkserver_preload(wanted)
