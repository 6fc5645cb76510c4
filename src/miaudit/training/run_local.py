"""Runs work on this machine: one spawned process a core, one thread each, data shared by memory mapping.

One thread a process, because two processes of one thread train more models than one of two threads, and because
spinning threads starve when anything else runs (measured: a busy neighbour slowed two-threaded training fivefold).
"""

import multiprocessing as mp
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from joblib import wrap_non_picklable_objects
from threadpoolctl import threadpool_limits

from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.training.checkpoints import Store
from miaudit.training.work import Records, Work, do

Progress = Callable[[str, int, int], None]  # stage, done, total

ATTEMPTS = 3  # a worker may be killed from outside: its work is tried again


class Tally(NamedTuple):
    """What a run had to do."""

    trained: int
    cached: int
    seconds: float


def run_local(
    works: Sequence[Work],
    data: Dataset,
    store: Store,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
    stage: str = "models",
) -> Tally:
    """Do all the work that is not yet stored; finished work survives an interrupt or a failure.

    Raises:
        UserError: a job fails, or a worker dies again and again (out of memory, say).
    """
    start = time.monotonic()
    open_works = [work for work in works if not work.is_intact(store)]
    cached = len(works) - len(open_works)
    progress(stage, cached, len(works))
    trained = 0
    for attempt in range(ATTEMPTS):
        try:
            for was_trained in _run_once(open_works, data, store, workers):
                trained += was_trained
                progress(stage, cached + sum(work.is_done(store) for work in open_works), len(works))
            break
        except BrokenProcessPool:
            if attempt == ATTEMPTS - 1:
                left = [work.job.key for work in open_works if not work.is_done(store)]
                raise UserError(
                    f"a training process was killed {ATTEMPTS} times (out of memory?) with {len(left)} models "
                    "left; finished models are kept: run again with fewer --jobs"
                ) from None
    return Tally(trained, len(works) - trained, time.monotonic() - start)


def _run_once(works: Sequence[Work], data: Dataset, store: Store, workers: int | None) -> Iterator[bool]:
    works = [work for work in works if not work.is_done(store)]
    if not works:
        return
    # Longest first, so that the last process to finish has little left to do.
    works = sorted(works, key=lambda work: len(work.job.rows), reverse=True)
    files = (
        store.array_file(f"{data.fingerprint}-x", data.x),
        store.array_file(f"{data.fingerprint}-y", data.y),
    )
    count = min(workers or usable_cores(), len(works))
    with _pool(count, (*files, data.classes, store)) as pool:
        with _no_main_module():
            futures = [pool.submit(_do, wrap_non_picklable_objects(work, keep_wrapper=False)) for work in works]
        yield from _results(futures)


def _results(futures: Iterable[Future[bool]]) -> Iterator[bool]:
    for future in as_completed(futures):
        error = future.exception()
        if error is not None and not isinstance(error, UserError | BrokenProcessPool):
            reason = f"{type(error).__name__}: {error}"
            raise UserError(f"a model cannot be trained: {reason} (finished models are kept)") from error
        yield future.result()


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _pool(count: int, state: tuple[Any, ...]) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(count, mp_context=mp.get_context("spawn"), initializer=_start, initargs=state)
    try:
        yield pool
    except BaseException:
        # Interrupt or failure: what is in flight is lost, what is finished lies in the store.
        for process in list((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(cancel_futures=True)  # waits, so that the killed ones are no zombies
        raise
    pool.shutdown()


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Processes that are spawned in the block do not run the user's script, which may lack a main guard.

    Its classes reach them by value, those of a notebook too.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


_worker: dict[str, Any] = {}  # a worker process's own data, set once by its initializer


def _start(x_file: Path, y_file: Path, classes: int, store: Store) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _use_one_thread()
    # Copy-on-write mapping: clean pages are shared by all processes, and torch gets a writable array.
    x, y = np.load(x_file, mmap_mode="c"), np.load(y_file, mmap_mode="c")
    _worker.update(records=Records(x, y, classes), store=store)


def _die_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(work: Work) -> bool:
    return do(work, _worker["records"], _worker["store"])


def _use_one_thread() -> None:
    # By environment for libraries that are loaded later, by call for those already here.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
