"""Small data, models and audits for tests of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import nn

from miaudit.datasets.base import Dataset
from miaudit.models.mlp import Mlp
from miaudit.running.local import THIS_MACHINE
from miaudit.running.work import Work
from miaudit.training.job import Method
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:  # processes that train do not need what audits need
    from pathlib import Path

    from miaudit.arrays import Ints
    from miaudit.auditing.execution import Listener
    from miaudit.auditing.run import Finished
    from miaudit.config import AuditConfig
    from miaudit.experiments.results import RowResult
    from miaudit.experiments.running import Reproduction
    from miaudit.experiments.spec import Named
    from miaudit.running.base import Runner
    from miaudit.store.local import LocalStore
    from miaudit.training.base import AnyRecipe


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

LDC = "ldc[max_records=256]"  # of more records it would learn for long
ATTACKS = ("loss", "calibrated", "lira", LDC, "two_stage", "kde")

CONFIG: dict[str, Any] = {
    "title": "A small network on digits",
    "dataset": {"name": "digits"},
    "split": {"name": "pool", "models": 6, "shadows": 2, "members": 0.15, "nonmembers": 0.15, "population": 0.1},
    "recipe": {"model": {"name": "mlp", "hidden": [64]}, "learning_rate": 0.01, "batch_size": 16, "epochs": 25},
    "attacks": ["loss", "calibrated", "lira", {"attack": "ldc", "max_records": 256}, "two_stage", "kde"],
    "seed": 0,
}


def run_config(
    config: AuditConfig,
    store: LocalStore,
    runner: Runner = THIS_MACHINE,
    listener: Listener | None = None,
    budget: float | None = None,
) -> Finished:
    """The whole result of the audit that a configuration describes."""
    from miaudit.auditing.conductor import conduct
    from miaudit.auditing.execution import SILENT, Execution
    from miaudit.auditing.from_config import request_of

    execution = Execution(store, nullcontext(runner), listener or SILENT, budget)
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
