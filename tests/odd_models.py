"""Models that misbehave. Workers import this file to train them, so it imports little."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

DEADLINE = 120.0  # seconds: a guard, the machine may be busy


@dataclass(frozen=True)
class Refuses:
    """A model that cannot be built."""

    hidden: int = 3

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        raise RuntimeError(f"shapes {shape} and {classes} cannot be multiplied")


@dataclass(frozen=True)
class CountsThreads:
    """A linear model that can only be built on one thread."""

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        if torch.get_num_threads() != 1:
            raise RuntimeError(f"{torch.get_num_threads()} threads")
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), classes))


@dataclass(frozen=True)
class DiesOnce:
    """A linear model whose first training process is killed, as if by the system."""

    folder: str

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        mark = Path(self.folder) / "died"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), classes))


@dataclass(frozen=True)
class DiesAlways:
    """A model whose training process is always killed."""

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError((shape, classes))


@dataclass(frozen=True)
class Unreadable:
    """A model that can be sent to a process and not be read there."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _refuse, ()

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        raise AssertionError((shape, classes))


def _refuse() -> None:
    raise ModuleNotFoundError("No module named 'elsewhere'")


@dataclass(frozen=True)
class Sleeps:
    """A model that takes long to build and tells that it has begun."""

    folder: str

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        (Path(self.folder) / f"{os.getpid()}.begun").touch()
        time.sleep(600)
        raise AssertionError((shape, classes))


@dataclass(frozen=True)
class StallsAwayFrom:
    """A linear model that is not built on any other node of a Ray cluster than one, and there once another tried."""

    node: str
    folder: str

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        import ray

        stalled = Path(self.folder) / "stalled"
        if ray.is_initialized() and ray.get_runtime_context().get_node_id() != self.node:
            stalled.touch()
            time.sleep(600)
        end = time.monotonic() + DEADLINE
        while not stalled.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), classes))
