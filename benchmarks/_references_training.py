"""Trains networks that are asked while they learn, and students of what other networks answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.models.base import Architecture, predict
from miaudit.training.data import Records, Subset
from miaudit.training.fit import fit
from miaudit.training.recipe import Recipe
from miaudit.training.soft import fit_soft
from miaudit.training.threads import one_thread

if TYPE_CHECKING:
    import torch

CHECKPOINTS = 10  # equally many epochs apart; the last one is the finished network


class Run(NamedTuple):
    """What a network answered while it was trained, and what its training took."""

    logits: Floats  # (CHECKPOINTS, N, C) about all records of the data, float32
    seconds: float  # CPU time on one thread, without the time of asking
    weights: Floats  # (P,) of the finished network, float32

    @property
    def final(self) -> Floats:
        """Logits (N, C) of the finished network."""
        return self.logits[-1]


@dataclass(frozen=True)
class Watched:
    """An architecture that keeps the networks that it builds."""

    base: Architecture
    built: "list[torch.nn.Module]" = field(default_factory=list)

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        self.built.append(self.base.build(shape, classes))
        return self.built[-1]


@dataclass
class _Watch:
    """Asks a network about all records at each checkpoint of its training."""

    recipe: Recipe
    records: Records

    def __post_init__(self) -> None:
        self.watched = Watched(self.recipe.model)
        self.epochs = set(np.linspace(0, self.recipe.epochs, CHECKPOINTS + 1).round().astype(int)[1:].tolist())
        self.epoch, self.asking, self.logits = 0, 0.0, list[Floats]()

    def tick(self, _: int) -> None:
        self.epoch += 1
        if self.epoch in self.epochs:
            begun = time.process_time()
            self.logits.append(predict(self.watched.built[0], self.records.x).astype(np.float32))
            self.asking += time.process_time() - begun

    def run(self, train: "Callable[[Recipe], torch.nn.Module]") -> Run:
        """What the function trains, when it is given the recipe."""
        begun = time.process_time()
        with one_thread():
            module = train(replace(self.recipe, model=self.watched))
        seconds = time.process_time() - begun - self.asking
        return Run(np.stack(self.logits), seconds, weights_of(module))


def weights_of(module: "torch.nn.Module") -> Floats:
    """All parameters (P,), one after the other."""
    import torch

    weights: Floats = torch.nn.utils.parameters_to_vector(module.parameters()).detach().numpy().astype(np.float32)
    return weights


def with_weights(recipe: Recipe, records: Records, weights: Floats) -> "torch.nn.Module":
    """The network with these parameters, in evaluation mode."""
    import torch

    module: torch.nn.Module = recipe.model.build(records.shape, records.classes)
    torch.nn.utils.vector_to_parameters(torch.from_numpy(weights), module.parameters())
    return module.eval()


def watched(recipe: Recipe, records: Records, subset: Subset) -> Run:
    """Train a network on labels."""
    watch = _Watch(recipe, records)
    return watch.run(lambda own: fit(own, records, subset, tick=watch.tick))


def student(recipe: Recipe, records: Records, subset: Subset) -> Run:
    """Train a network on the probabilities that the subset wants: what another network answers."""
    watch = _Watch(recipe, records)
    return watch.run(lambda own: fit_soft(own, records, subset, "cpu", watch.tick))


def kept(folder: Path, name: str, make: Callable[[], Run]) -> Run:
    """The run of that name in the folder, made if it is not there: a run that was stopped goes on where it was."""
    path = folder / f"{name}.npz"
    if not path.exists():
        run = make()
        unfinished = path.with_suffix(".tmp.npz")
        np.savez(unfinished, logits=run.logits, seconds=run.seconds, weights=run.weights)
        unfinished.rename(path)
    with np.load(path) as stored:
        return Run(stored["logits"], float(stored["seconds"]), stored["weights"])
