"""What a plan will cost, told before it starts, and how to fit it to a budget."""

import dataclasses
import time
from typing import NamedTuple

from miaudit.auditing.plan import Plan
from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.training.checkpoints import Store
from miaudit.training.fit_many import Subset
from miaudit.training.recipe import Recipe
from miaudit.training.run_local import usable_cores
from miaudit.training.units import STACK
from miaudit.training.way import way
from miaudit.training.work import Records, Work, one_thread, train

SMALLEST_POOL = 4  # in a smaller one no shadow has references
START_UP = 4.0  # seconds until the spawned processes have loaded their libraries


class Forecast(NamedTuple):
    """Models and time of a plan."""

    models: int
    cached: int
    seconds: float | None  # None where one model cannot be timed before the start

    @property
    def text(self) -> str:
        """In words."""
        to_train = self.models - self.cached
        if to_train == 0:
            return f"{self.models} models, all in the store: nothing to train"
        time_text = "" if self.seconds is None else f", about {duration(self.seconds)}"
        return f"{self.models} models, {self.cached} in the store, {to_train} to train{time_text}"


def duration(seconds: float) -> str:
    """Seconds for people.

    >>> duration(75)
    '1 min 15 s'
    """
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds < 60 else f"1 min {seconds - 60:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


def forecast(plan: Plan, store: Store, workers: int | None = None) -> Forecast:
    """Count the models that are missing, time an epoch of one, and extrapolate."""
    open_works = [work for work in plan.works if not work.is_trained(store)]
    cached = len(plan.works) - len(open_works)
    if not open_works:
        return Forecast(len(plan.works), cached, 0.0)
    each = seconds_per_model(plan, open_works[-1])
    processes = min(workers or usable_cores(), len(open_works))
    seconds = None if each is None else START_UP + each * len(open_works) / processes
    return Forecast(len(plan.works), cached, seconds)


def seconds_per_model(plan: Plan, work: Work) -> float | None:
    """Time of one training run on one thread, from its second epoch (the first one warms up)."""
    recipe = work.job.recipe
    if not isinstance(recipe, Recipe):
        return None
    data = plan.data
    stacked = way(recipe, data.x.shape[1:], data.classes) == "stack"
    subsets = [Subset(work.job.rows, 0, work.job.validation)] * (min(STACK, len(plan.works)) if stacked else 1)
    times = []
    with one_thread():
        for epochs in (1, 2):
            short = dataclasses.replace(recipe, epochs=epochs)
            start = time.monotonic()
            try:
                list(train(short, Records(data.x, data.y, data.classes), subsets))
            except (RuntimeError, ValueError, TypeError) as error:
                raise UserError(f"a model cannot be trained: {type(error).__name__}: {error}") from error
            times.append(time.monotonic() - start)
    return max(times[1] - times[0], times[1] / 4) / len(subsets) * recipe.epochs


def within_budget(config: AuditConfig, plan: Plan, store: Store, seconds: float, workers: int | None) -> AuditConfig:
    """The configuration with as large a pool as the time allows, at most what it asks for.

    Raises:
        UserError: the split has no pool, or not even the smallest fits.
    """
    if config.split is None or "models" not in type(config.split.build("splits")).__dataclass_fields__:
        raise UserError(
            "--budget chooses the number of pool models: it needs a configuration with `split: {name: pool}`"
        )
    cost = forecast(plan, store, workers)
    if cost.seconds is None or cost.seconds <= seconds:
        return config
    # What is cached does not count: the same command gives the same audit, whatever the store holds.
    each = (cost.seconds - START_UP) / (cost.models - cost.cached)
    affordable = int(max(seconds - START_UP, 0) / each) - 1  # one is the target
    models = min(len(plan.auxiliary), affordable) // 2 * 2
    if models < SMALLEST_POOL:
        raise UserError(
            f"a budget of {duration(seconds)} is too small: the target and {SMALLEST_POOL} pool models take about "
            f"{duration(START_UP + (1 + SMALLEST_POOL) * each)}"
        )
    options = {**config.split.options, "models": models}
    return config.model_copy(
        update={"split": type(config.split).model_validate({"name": config.split.name, **options})}
    )
