"""How fast a machine trains networks: measured once for each of them, and kept in a file."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from miaudit.errors import UserError
from miaudit.experiments.gpu import PASSES, forward_operations
from miaudit.experiments.results import processor
from miaudit.files import write_atomically
from miaudit.fingerprint import fingerprint
from miaudit.reading.path import read_bytes
from miaudit.running.units import STACK
from miaudit.running.work import Work
from miaudit.seeds import generator
from miaudit.splits.base import no_rows
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Records, Subset
from miaudit.training.recipe import Recipe
from miaudit.training.timing import Case

FILE = "paces.json"
MOST_BYTES = 2**20  # of the file
RECORDS = 512  # random ones, a few batches of which are trained on
ASSUMED = 5e10  # operations per second of one core where nothing was measured: the order of docs/training.md


class Seconds(NamedTuple):
    """A forecast of one thread's, or one GPU's, time."""

    value: float
    measured: bool  # or estimated from the operations of the network?


@dataclass(frozen=True)
class Paces:
    """Passes over records per second of one thread or one GPU, by network.

    Args:
        path: the file that keeps what was measured; None to keep nothing.
        device: where networks are trained.
        measure: whether to time a network that was not timed yet, which takes seconds.
    """

    path: Path | None = None
    device: str = "cpu"
    measure: bool = False
    known: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.exists():
            self.known.update(_read(self.path))

    def seconds(self, work: Work, shape: tuple[int, ...], classes: int) -> Seconds | None:
        """Time to train and ask a model; None if it is no network.

        Args:
            work: the model, and the records that it is asked about.
            shape: shape of one record.
            classes: number of classes.
        """
        recipe, network = work.job.recipe, work.job.recipe.network
        passes = recipe.passes(work.job.subset, len(work.query))
        if network is None or passes is None:
            return None
        name = self._name(recipe, network, shape, classes)
        if name not in self.known and self.measure:
            self._measure(name, recipe, shape, classes)
        if name in self.known:
            return Seconds(passes / self.known[name], measured=True)
        return Seconds(passes * PASSES * forward_operations(network.model, shape, classes) / ASSUMED, measured=False)

    def _name(self, recipe: AnyRecipe, network: Recipe, shape: tuple[int, ...], classes: int) -> str:
        """What the pace depends on: rates and epochs are no part of it, the way to train is."""
        return fingerprint(
            (processor(), torch.__version__, self.device, type(recipe).__name__, shape, classes),
            network.model,
            (network.batch_size, network.optimizer, network.in_bf16, network.augments),
            recipe.is_stacked(shape, classes, self.device),
        )

    def _measure(self, name: str, recipe: AnyRecipe, shape: tuple[int, ...], classes: int) -> None:
        """Train on random records for a second or so, and keep the pace under this name."""
        draw = generator(0, "pace")
        x, y = draw.standard_normal((RECORDS, *shape)).astype(np.float32), draw.integers(classes, size=RECORDS)
        subset = Subset(np.arange(RECORDS), 0, no_rows())
        case = Case(Records(x, y, classes), subset, no_rows(), STACK, self.device)
        passes, seconds = recipe.passes(subset, 0), recipe.seconds_per_model(case)
        if passes is None or seconds is None:
            return
        self.known[name] = passes / seconds
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, (json.dumps(self.known, indent=1) + "\n").encode())


def _read(path: Path) -> dict[str, float]:
    """What is in the file; raises UserError where that is something else."""
    try:
        found = json.loads(read_bytes(path, "the measured speeds of networks", MOST_BYTES))
        return {str(name): float(pace) for name, pace in found.items()}
    except (ValueError, AttributeError, TypeError):
        raise UserError(f"{path} does not hold speeds of networks: remove it, they are measured again") from None
