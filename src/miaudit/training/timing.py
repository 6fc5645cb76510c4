"""Forecasts how long training takes, from parts of it; recipes use it to time themselves."""

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from miaudit.arrays import Floats, Ints
from miaudit.maths.threads import single_threaded
from miaudit.training.data import Batch, Records, Subset

ENOUGH = 1.0  # seconds of training after which the pace is known
WARM_UP = 2.0  # a first part that takes less is run again, without what only the first run takes
FEWEST = 100  # records of the first part of a training whose inside is not known
STEEPEST = 3.0  # the highest power of its records by which an estimator's time is taken to grow


class Case(NamedTuple):
    """A model whose training is to be timed."""

    records: Records
    subset: Subset
    query: Ints  # rows that it is asked about afterwards
    together: int = 1  # models that a process trains at once
    device: str = "cpu"


class Part(NamedTuple):
    """The first `rows` records of a training set, `epochs` times over."""

    rows: int
    epochs: int = 1

    @property
    def size(self) -> int:
        """Number of records passed over."""
        return self.rows * self.epochs


class Timed(NamedTuple):
    """How long a part took."""

    size: int
    seconds: float


def time_parts(run: Callable[[Part], None], parts: Iterable[Part]) -> list[Timed]:
    """Run parts, at least one, until a part takes long enough to measure the pace."""
    timed: list[Timed] = []
    for part in parts:
        seconds = _clocked(run, part)
        if not timed and seconds < WARM_UP:
            seconds = _clocked(run, part)
        timed.append(Timed(part.size, seconds))
        if seconds >= ENOUGH:
            break
    return timed


class Asked(Protocol):
    """A trained model that can be timed as it is asked."""

    def outputs(self, x: Floats) -> object:
        """Its outputs on records x (n, ...)."""


def seconds_to_train(train: Callable[[Records, Batch], Iterator[Asked]], case: Case) -> float | None:
    """Seconds to train and ask one model on one thread; None if none can be trained on a few records.

    It is trained on 100 records, 200 and so on until one training takes a second.
    """
    records, subset, query = case.records, case.subset, case.query

    def run(part: Part) -> None:
        (model,) = train(records, Batch([subset._replace(rows=subset.rows[: part.rows], seed=0)]))
        model.outputs(records.x[query[: math.ceil(len(query) * part.rows / len(subset.rows))]])

    sizes = [FEWEST * 2**i for i in range(64) if FEWEST * 2**i < len(subset.rows)]
    try:
        with single_threaded(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a model of a few records, which nobody uses
            timed = time_parts(run, map(Part, [*sizes, len(subset.rows)]))
    except Exception:  # foreign code may raise anything on a few records
        return None
    return along_a_power(timed, len(subset.rows))


def _clocked(run: Callable[[Part], None], part: Part) -> float:
    start = time.perf_counter()
    run(part)
    return max(time.perf_counter() - start, 1e-6)


def along_a_line(timed: list[Timed], total: float) -> float:
    """Seconds for `total` records, if each takes as long as any other and the start takes some time.

    >>> along_a_line([Timed(100, 1.5), Timed(200, 2.5)], 1000)
    10.5
    """
    last = timed[-1]
    each = last.seconds / last.size
    if len(timed) > 1:
        # Neighbours on the machine disturb such short times: a record takes at least a quarter of the mean, and at most
        # all of it.
        growth = (last.seconds - timed[-2].seconds) / (last.size - timed[-2].size)
        each = min(max(growth, each / 4), each)
    return last.seconds + each * (total - last.size)


def along_a_power(timed: list[Timed], total: float) -> float:
    """Seconds for `total` records, if time grows by a power of their number, from the first to the third.

    >>> along_a_power([Timed(100, 1.0), Timed(200, 4.0)], 400)
    16.0
    """
    last = timed[-1]
    power = 1.0
    if len(timed) > 1:
        growth = math.log(last.seconds / timed[-2].seconds) / math.log(last.size / timed[-2].size)
        power = min(max(growth, 1.0), STEEPEST)
    return last.seconds * (total / last.size) ** power
