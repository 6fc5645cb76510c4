"""How long the training of one model takes, foretold from a small part of it."""

import dataclasses
import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from threadpoolctl import threadpool_limits

from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.running.units import STACK, samples
from miaudit.running.work import Records, Work, one_thread, train
from miaudit.splits.base import no_rows
from miaudit.training.defended import DefendedRecipe
from miaudit.training.device import wait_for
from miaudit.training.estimators import EstimatorRecipe, estimator_outputs, fit_estimator
from miaudit.training.fit_many import Subset
from miaudit.training.recipe import Recipe
from miaudit.training.way import is_stacked

ENOUGH = 1.0  # seconds of training after which the pace is known
WARM_UP = 2.0  # a first part that takes less is run again, without what only the first one takes
FORWARD = 1 / 3  # of the time of training on a record, that of asking about it
FIRST_BATCHES = 1  # of the first part of a network's training
FEWEST = 100  # records of the first part of an estimator's
STEEPEST = 3.0  # the highest power of its records by which an estimator's time is taken to grow


class Part(NamedTuple):
    """The first `rows` records of a training set, `epochs` times over."""

    rows: int
    epochs: int = 1

    @property
    def size(self) -> int:
        """Records passed over."""
        return self.rows * self.epochs


class Timed(NamedTuple):
    """How long a part took."""

    size: int
    seconds: float


def seconds_per_model(work: Work, data: Dataset, together: int = 1, device: str = "cpu") -> float | None:
    """Seconds to train and ask one model on one thread, or on a GPU; None where that cannot be told before the start.

    Parts of the training, each twice as large as the one before, are run until one takes a second: two or three
    in all, or as long as a batch or two take. `together` is how many models a process trains at once where networks
    are stacked.

    Raises:
        UserError: the network cannot be trained.
    """
    recipe = work.job.recipe
    timed = recipe.timed if isinstance(recipe, DefendedRecipe) else recipe
    if isinstance(timed, Recipe | DefendedRecipe):
        return _network(timed, work, data, together, device)
    if isinstance(timed, EstimatorRecipe):
        return _estimator(timed, work, data)
    return None


def _network(recipe: Recipe | DefendedRecipe, work: Work, data: Dataset, together: int, device: str) -> float:
    job, records = work.job, Records(data.x, data.y, data.classes)
    count = min(STACK, together) if is_stacked(recipe, data.x.shape[1:], data.classes) else 1
    plain = recipe.base if isinstance(recipe, DefendedRecipe) else recipe

    def run(part: Part) -> None:
        # Without what is asked after each epoch: in a part of an epoch its share would be too large.
        base = dataclasses.replace(plain, epochs=part.epochs, early_stopping=False)
        short = recipe.with_base(base) if isinstance(recipe, DefendedRecipe) else base
        list(train(short, records, [Subset(job.rows[: part.rows], 0, no_rows())] * count, device))
        wait_for(device)

    total = samples(work) + FORWARD * (plain.epochs * len(job.validation) + len(work.query))
    try:
        with one_thread():
            timed = time_parts(run, _parts(len(job.rows), plain))
    except (RuntimeError, ValueError, TypeError) as error:
        raise UserError(f"a model cannot be trained: {type(error).__name__}: {error}") from error
    return along_a_line(timed, total) / count


def _parts(rows: int, recipe: Recipe) -> Iterator[Part]:
    """A few batches, twice as many, ... all records, two epochs, ... the whole training."""
    some = min(FIRST_BATCHES * recipe.batch_size, rows)
    while some < rows:
        yield Part(some)
        some *= 2
    epochs = 1
    while epochs < recipe.epochs:
        yield Part(rows, epochs)
        epochs *= 2
    yield Part(rows, recipe.epochs)


def _estimator(recipe: EstimatorRecipe, work: Work, data: Dataset) -> float | None:
    rows, query = work.job.rows, work.query

    def run(part: Part) -> None:
        fitted = fit_estimator(recipe, data.x, data.y, rows[: part.rows], 0)
        estimator_outputs(fitted, data.x[query[: math.ceil(len(query) * part.rows / len(rows))]], data.classes)

    sizes = [FEWEST * 2**i for i in range(64) if FEWEST * 2**i < len(rows)]
    try:
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a fit to a few records, which nobody uses
            timed = time_parts(run, map(Part, [*sizes, len(rows)]))
    except Exception:  # whatever an estimator of somebody else's makes of a few records
        return None
    return along_a_power(timed, len(rows))


def time_parts(run: Callable[[Part], None], parts: Iterable[Part]) -> list[Timed]:
    """Run the parts until one takes long enough to tell the pace; at least one."""
    timed: list[Timed] = []
    for part in parts:
        seconds = _clocked(run, part)
        if not timed and seconds < WARM_UP:
            seconds = _clocked(run, part)
        timed.append(Timed(part.size, seconds))
        if seconds >= ENOUGH:
            break
    return timed


def _clocked(run: Callable[[Part], None], part: Part) -> float:
    start = time.perf_counter()
    run(part)
    return max(time.perf_counter() - start, 1e-6)


def along_a_line(timed: list[Timed], total: float) -> float:
    """Seconds for `total` records, where each takes as long as any other and the start takes some time.

    >>> along_a_line([Timed(100, 1.5), Timed(200, 2.5)], 1000)
    10.5
    """
    last = timed[-1]
    each = last.seconds / last.size
    if len(timed) > 1:
        # Neighbours on the machine disturb such short times: a record takes no more than the mean, and some of it.
        growth = (last.seconds - timed[-2].seconds) / (last.size - timed[-2].size)
        each = min(max(growth, each / 4), each)
    return last.seconds + each * (total - last.size)


def along_a_power(timed: list[Timed], total: float) -> float:
    """Seconds for `total` records, where time grows by a power of their number, from the first to the third.

    >>> along_a_power([Timed(100, 1.0), Timed(200, 4.0)], 400)
    16.0
    """
    last = timed[-1]
    power = 1.0
    if len(timed) > 1:
        growth = math.log(last.seconds / timed[-2].seconds) / math.log(last.size / timed[-2].size)
        power = min(max(growth, 1.0), STEEPEST)
    return last.seconds * (total / last.size) ** power
