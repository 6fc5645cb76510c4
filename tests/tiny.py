"""Small data, models and audits for tests of the pipeline. Workers import this file, so what they run lies here."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from miaudit.arrays import Ints
from miaudit.auditing.conductor import conduct
from miaudit.auditing.execution import SILENT, Execution, Listener
from miaudit.auditing.from_config import request_of
from miaudit.auditing.run import Finished
from miaudit.config import AuditConfig
from miaudit.datasets.base import Dataset
from miaudit.experiments.results import RowResult
from miaudit.experiments.running import Reproduction
from miaudit.experiments.spec import Named
from miaudit.models.mlp import Mlp
from miaudit.running.base import Runner
from miaudit.running.local import THIS_MACHINE
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.training.base import AnyRecipe
from miaudit.training.job import Method
from miaudit.training.recipe import Recipe


@dataclass(frozen=True)
class Audited:
    """A small audit: its configuration, the store of its models, its saved folder."""

    config: Path
    store: LocalStore
    folder: Path
    finished: Finished


class Called(NamedTuple):
    """What a call of the program left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]

ATTACKS = ("loss", "calibrated", "lira", "ldc", "two_stage", "kde")

CONFIG: dict[str, Any] = {
    "title": "A small network on digits",
    "dataset": {"name": "digits"},
    "split": {"name": "pool", "models": 6, "shadows": 2, "members": 0.15, "nonmembers": 0.15, "population": 0.1},
    "recipe": {"model": {"name": "mlp", "hidden": [64]}, "learning_rate": 0.01, "batch_size": 16, "epochs": 25},
    "attacks": list(ATTACKS),
    "seed": 0,
}


def run_config(
    config: AuditConfig,
    store: LocalStore,
    runner: Runner = THIS_MACHINE,
    listener: Listener = SILENT,
    budget: float | None = None,
) -> Finished:
    """The whole result of the audit that a configuration describes."""
    execution = Execution(store, nullcontext(runner), listener, budget)
    *_, last = conduct(request_of(config), execution)
    return last


def blobs(n: int = 60, features: int = 4, classes: int = 3, seed: int = 0) -> Dataset:
    """Gaussian blobs, one per class, that overlap."""
    rng = np.random.default_rng(seed)
    y = rng.integers(classes, size=n)
    centres = rng.normal(0.0, 1.5, size=(classes, features))
    x = (centres[y] + rng.normal(size=(n, features))).astype(np.float32)
    return Dataset(name="blobs", x=x, y=y.astype(np.int64), classes=classes)


def recipe(**changes: Any) -> Recipe:
    """A recipe that takes milliseconds."""
    return Recipe(**{"model": Mlp(hidden=(8,)), "epochs": 2, "batch_size": 16, **changes})


def rows_of(reproduction: Reproduction, named: Named) -> list[RowResult]:
    """Every row of an experiment, run."""
    return [reproduction.row(named, row, part) for row, part in named.experiment.parts()]


def works(data: Dataset, how: AnyRecipe, count: int = 3) -> tuple[Work, ...]:
    """Jobs on overlapping halves of the data, each asked about all of it."""
    everything, method = np.arange(len(data)), Method.of(how, data)
    return tuple(Work(method.job(half(len(data), seed), seed), everything) for seed in range(count))


def half(n: int, seed: int) -> Ints:
    """A random half of the rows."""
    return np.sort(np.random.default_rng(seed).permutation(n)[: n // 2])


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
    """A linear model that is not built on any other node of a Ray cluster than one; it tells that it was tried."""

    node: str
    folder: str

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        import ray

        if ray.is_initialized() and ray.get_runtime_context().get_node_id() != self.node:
            (Path(self.folder) / "stalled").touch()
            time.sleep(600)
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), classes))


class Net(nn.Module):
    """A user's own module with a layer that is no torch layer."""

    def __init__(self, features: int = 64, classes: int = 10) -> None:
        super().__init__()
        self.inner = nn.Linear(features, 32)
        self.scale = Scale()
        self.out = nn.Linear(32, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.out(self.scale(torch.relu(self.inner(x.flatten(1)))))
        return logits


class Scale(nn.Module):
    """A learnt factor."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.empty(1))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.ones_(self.factor)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor
