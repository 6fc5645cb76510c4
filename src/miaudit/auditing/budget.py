"""Fits the number of models in the pool to the time that training may take."""

import re

from miaudit.auditing.cost import forecast
from miaudit.auditing.plan import Plan
from miaudit.auditing.request import Request
from miaudit.auditing.students import teachers_in
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.presenter import duration

SMALLEST_POOL = 4  # in a smaller pool no shadow has references
UNITS = {"s": 1, "m": 60, "h": 3600}
LONGEST = 3600 * 100_000  # longest budget in seconds


def seconds_of(name: str, text: str) -> float:
    """Seconds of a time such as `90s`, `10m` or `1.5h`; raises UserError on anything else.

    >>> seconds_of("--budget", "10m")
    600.0
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if match is None:
        raise UserError(f"{name}: expected a time such as 90s, 10m or 2h, got {shortened(text)}")
    seconds = float(match[1]) * UNITS[match[2]]
    if seconds > LONGEST:
        raise UserError(f"{name}: expected a time of at most {LONGEST // 3600:,} h, got {shortened(text)}")
    return seconds


def within_budget(request: Request, plan: Plan, seconds: float, workers: int | None) -> Request:
    """Shrink the pool to fit the time; a request whose pool is small enough is returned as it is.

    Args:
        request: what is asked for.
        plan: the request's plan.
        seconds: wall time that the training may take.
        workers: number of models that are trained at the same time; None where the machine decides.

    Raises:
        UserError: the split has no pool, or not even the smallest pool can be trained in that time.
    """
    if request.pool is None:
        raise UserError(
            "a budget sets the number of models in the pool: it needs a recipe, and in a configuration "
            "`split: {name: pool}`"
        )
    # Models in the store count as missing: after an interrupt the same command goes on with the same audit.
    cost = forecast(plan, None, workers)
    if cost.seconds is None or cost.seconds <= seconds:
        return request
    each = (cost.seconds - cost.start_up) / cost.to_train
    affordable = int(max(seconds - cost.start_up, 0) / each)
    sizes = range(len(plan.auxiliary) // 2 * 2, SMALLEST_POOL - 1, -2)
    models = next((size for size in sizes if trained_with(plan, size) <= affordable), None)
    if models is None:
        own = len(plan.works) > len(plan.auxiliary)
        others = f" with {plan.teaching.students} students each" if plan.teaching else ""
        raise UserError(
            f"a budget of {duration(seconds)} is too small: {'the target and ' if own else ''}{SMALLEST_POOL} pool "
            f"models{others} take about {duration(cost.start_up + trained_with(plan, SMALLEST_POOL) * each)}"
        )
    return request.with_pool_of(models)


def trained_with(plan: Plan, models: int) -> int:
    """Number of trainings with so many models in the pool: these, the target if it is trained here, and students."""
    own = len(plan.works) - len(plan.auxiliary)
    students = 0 if plan.teaching is None else plan.teaching.students * (1 + min(models, teachers_in(plan) - 1))
    return own + models + students
