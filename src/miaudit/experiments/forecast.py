"""Forecasts how long training the models of an experiment's rows takes on this machine."""

from collections.abc import Iterable
from dataclasses import dataclass

from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.precision import settled
from miaudit.datasets.base import Dataset
from miaudit.experiments.paces import Paces
from miaudit.experiments.spec import Named, Row
from miaudit.presenter import duration
from miaudit.store.base import Store


@dataclass(frozen=True)
class Model:
    """A model of a row."""

    key: str  # of its job
    outputs: str  # key of what it answers
    seconds: float | None  # of one thread or GPU; None where unknown
    measured: bool = True  # or estimated from the operations of the network?

    def is_trained(self, store: Store) -> bool:
        """Is the model in the store, or at least its outputs?"""
        return store.has(self.key) or store.has(self.outputs)


def models_of(named: Named, row: Row, data: Dataset, paces: Paces, seeds: int | None = None) -> list[Model]:
    """The models of all seeds of a row, each once.

    Args:
        named: the experiment.
        row: one of its rows.
        data: the row's records, or an outline of them, under whose name nothing is in a store.
        paces: how fast networks are trained.
        seeds: number of seeds; None for that of the experiment.
    """
    found: dict[str, Model] = {}
    for seed in range(named.experiment.seeds_of(row, seeds)):
        config = settled(named.config(row, seed))
        for work in plan_of_config(config, data).works:
            known = paces.seconds(work, data.x.shape[1:], data.classes)
            found.setdefault(work.job.key, Model(work.job.key, work.key, *(known or (None, True))))
    return list(found.values())


@dataclass(frozen=True)
class Sum:
    """Wall time of training some models."""

    seconds: float
    measured: bool

    @property
    def text(self) -> str:
        """The time in words, with a mark where part of it is estimated."""
        return f"{'' if self.measured else '~'}{duration(self.seconds)}"

    def times(self, count: int) -> "Sum":
        """The time of so many times as much."""
        return Sum(count * self.seconds, self.measured)


def total(models: Iterable[Model], processes: int) -> Sum | None:
    """Wall time of training each of the models once, by so many processes; None where that of one is unknown."""
    unique = {model.key: model for model in models}.values()
    times = [model.seconds for model in unique]
    known = [seconds for seconds in times if seconds is not None]
    if len(known) < len(times):
        return None
    return Sum(sum(known) / min(processes, max(len(known), 1)), all(model.measured for model in unique))
