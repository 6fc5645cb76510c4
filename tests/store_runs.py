"""What test processes do to a store. They are forked from the server of `conftest.py`, so they start fast."""

import math
import multiprocessing as mp
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest.mock import patch

import torch

from miaudit.models.mlp import Mlp
from miaudit.running.work import Work, do_all, outputs
from miaudit.store.local import LocalStore
from miaudit.store.upkeep import collect, in_use
from miaudit.training import epochs
from miaudit.training.data import Records
from tiny import blobs, recipe, works

DATA = blobs()
STACKED, PLAIN = recipe(epochs=40), recipe(model=Mlp(hidden=(8,), dropout=0.2), epochs=15)
LATER = 1800.0  # seconds: nothing is young any more, but no file counts as abandoned that is being written


def units() -> list[tuple[Work, ...]]:
    """A stack of five models, and three that are trained one by one."""
    return [works(DATA, STACKED, 5), *((work,) for work in works(DATA, PLAIN, 3))]


def train(root: Path) -> None:
    """Train what the store lacks, on one thread, with a snapshot after every epoch, and read all of it."""
    torch.set_num_threads(1)
    store = LocalStore(root)
    with in_use(store), patch.multiple(epochs, EVERY=0.0, SHARE=math.inf):
        for unit in units():
            for _ in do_all(unit, Records(DATA.x, DATA.y, DATA.classes), store):
                pass
        for unit in units():
            for work in unit:
                outputs(work, store)


def collect_again_and_again(root: Path) -> None:
    """Remove whatever may be removed, as if nothing had been used of late."""
    while True:
        collect(LocalStore(root), limit=0, now=time.time() + LATER)


def begin(action: Callable[[Path], None], root: Path) -> BaseProcess:
    """A process that does this; it has begun when the call returns."""
    context = mp.get_context("forkserver")
    line, far_end = context.Pipe()
    process = context.Process(target=_serve, args=(far_end, action, root), daemon=True)
    process.start()
    far_end.close()
    line.recv()
    return process


def _serve(line: Connection, action: Callable[[Path], None], root: Path) -> None:
    line.send(None)
    action(root)
