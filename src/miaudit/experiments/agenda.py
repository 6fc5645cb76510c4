"""Chooses which rows to run within a given time."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.experiments.beside import is_outdated
from miaudit.experiments.forecast import Model, Sum, models_of, total
from miaudit.experiments.paces import Paces
from miaudit.experiments.quick import outline
from miaudit.experiments.results import ExperimentResult, RowResult
from miaudit.experiments.spec import Named, Row, dataset_of, records_from
from miaudit.store.base import Store


@dataclass(frozen=True)
class Entry:
    """A row that still misses runs, with its models."""

    named: Named
    row: Row
    part: int
    has_result: bool  # of other settings, or of fewer seeds
    models: tuple[Model, ...]

    @property
    def title(self) -> str:
        """The names of the experiment and of the row."""
        return f"{self.named.name} {self.row.name}"

    def forecast(self, store: Store, processes: int) -> Sum | None:
        """Wall time of training what is not in the store; None where that is unknown."""
        return total((model for model in self.models if not model.is_trained(store)), processes)


class Listed(NamedTuple):
    """A row as a list shows it."""

    name: str
    state: str
    training: str  # time of training all its models here
    title: str


def listed(named: Named, found: ExperimentResult, paces: Paces, processes: int) -> Iterator[Listed]:
    """Every row of an experiment, and how long training its models takes, whatever is in the store.

    Args:
        named: the experiment.
        found: its results.
        paces: how fast networks are trained.
        processes: number of models that are trained at once.
    """
    for row, part in named.experiment.parts():
        took = _training(named, row, paces, processes)
        text = "unknown" if took is None else took.text
        yield Listed(row.name, _state(named, row, found.row(row.name, part)), text, row.title)


def _state(named: Named, row: Row, result: RowResult | None) -> str:
    if result is None or not result.is_done:
        return "not run"
    wanted = named.experiment.seeds_of(row, None)
    runs = "run" if result.seeds >= wanted else f"{result.seeds} of {wanted} seeds"
    return f"{runs}, with older settings" if is_outdated(named, row, result) else runs


def _training(named: Named, row: Row, paces: Paces, processes: int) -> Sum | None:
    """Of all seeds, each as long as the first."""
    try:
        took = total(models_of(named, row, outline(dataset_of(named.config(row, 0))), paces, 1), processes)
    except UserError:  # the shape of the data set is not known before it is read
        return None
    return None if took is None else took.times(named.experiment.seeds_of(row, None))


def missing_rows(named: Named, found: ExperimentResult, seeds: int | None = None) -> list[tuple[Row, int]]:
    """Rows, with their parts, that have no result, one of other settings, or fewer runs than they should."""
    parts = named.experiment.parts()
    return [(row, part) for row, part in parts if _misses_runs(named, row, found.row(row.name, part), seeds)]


def _misses_runs(named: Named, row: Row, result: RowResult | None, seeds: int | None) -> bool:
    if result is None or not result.is_done:
        return True
    return result.seeds < named.experiment.seeds_of(row, seeds) or is_outdated(named, row, result)


def entries(pairs: Iterable[tuple[Named, ExperimentResult]], paces: Paces, seeds: int | None = None) -> Iterator[Entry]:
    """What is missing of some experiments and can be run here, by data set: each is loaded once, one at a time."""
    by_source: dict[str, list[tuple[Named, ExperimentResult, Row, int]]] = {}
    for named, found in pairs:
        for row, part in missing_rows(named, found, seeds):
            source = dataset_of(named.config(row, 0)).model_dump_json()
            by_source.setdefault(source, []).append((named, found, row, part))
    for rows in by_source.values():
        first, _, row, _ = rows[0]
        data = records_from(dataset_of(first.config(row, 0)))
        if data is None:
            continue
        for named, found, row, part in rows:
            models, result = tuple(models_of(named, row, data, paces, seeds)), found.row(row.name, part)
            yield Entry(named, row, part, result is not None and result.is_done, models)


def within(
    waiting: Iterable[Entry],
    store: Store,
    seconds: float,
    processes: int,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[tuple[Entry, Sum]]:
    """Rows one after another, as long as the forecast of one fits into what is left of the time.

    Rows without any result come before those with one, tables before figures, and then the shortest. Forecasts count
    what is in the store by then: rows that share models cost little after the first.

    Args:
        waiting: the rows to choose from.
        store: where models are kept.
        seconds: the time for all of them; 0 for none of them.
        processes: number of models that are trained at once.
        clock: gives the time in seconds.
    """
    left, end = list(waiting), clock() + seconds
    while left:
        forecasts = [(entry, entry.forecast(store, processes)) for entry in left]
        still = end - clock()
        fitting = [(entry, took) for entry, took in forecasts if took is not None and took.seconds < still]
        if not fitting:
            return
        entry, took = min(fitting, key=_order)
        left.remove(entry)
        yield entry, took


def _order(found: tuple[Entry, Sum]) -> tuple[bool, bool, float, str]:
    entry, took = found
    return entry.has_result, entry.named.table.startswith("figure"), took.seconds, entry.title
