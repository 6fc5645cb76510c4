"""CPU seconds and memory of this process with all that it starts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

STEP = 0.1  # seconds between two looks


class Used:
    """What was used while it was watched."""

    def __init__(self) -> None:
        self.memory = 0  # bytes at the peak; pages that several processes share count once
        self._before = sum(_seconds(process) for process in _tree())
        self._seconds: dict[int, float] = {}

    def look(self) -> None:
        """Look at all processes once."""
        tree = _tree()
        self.memory = max(self.memory, sum(_memory(process) for process in tree))
        for process in tree:
            self._seconds[process.pid] = max(_seconds(process), self._seconds.get(process.pid, 0.0))

    @property
    def seconds(self) -> float:
        """CPU seconds of all processes so far; of one that ended, up to the last look."""
        self.look()
        return sum(self._seconds.values()) - self._before


@contextmanager
def watched() -> Iterator[Used]:
    """Watch what the block uses."""
    used, over = Used(), threading.Event()

    def watch() -> None:
        while not over.wait(STEP):
            used.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield used
    finally:
        over.set()
        watcher.join()
        used.look()


def _tree() -> list[psutil.Process]:
    own = psutil.Process()
    return [own, *own.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _memory(process: psutil.Process) -> int:
    """The proportional set size, on Linux; elsewhere the resident set size."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.rss))
