"""Runs an audit with early results: its pool grows, and each doubling gives a result."""

from collections.abc import Iterator
from dataclasses import replace

from miaudit.auditing.execution import SILENT, Listener
from miaudit.auditing.plan import Plan
from miaudit.auditing.planning import plan_of
from miaudit.auditing.request import Request
from miaudit.auditing.result import Preliminary
from miaudit.auditing.run import Clock, Finished, run
from miaudit.errors import UserError
from miaudit.running.base import Runner
from miaudit.running.local import THIS_MACHINE
from miaudit.store.base import Store

FIRST = 4  # models of the smallest pool in which shadows have references


def run_anytime(
    request: Request, plan: Plan, store: Store, runner: Runner = THIS_MACHINE, listener: Listener = SILENT
) -> Iterator[Finished]:
    """Yield results with 4, 8, 16, ... models of the pool, and at last with all, which is the result of `run`.

    A pool holds every smaller one, so nothing is trained for the early results alone. These are marked, in the result
    and in the verdict. A size is passed over if it is too small for the attacks, or adds no model that they read. Early
    results are without students, which would be those of a smaller pool: only the last has them.

    Args:
        request: what is asked for.
        plan: the request's plan, with the whole pool.
        store: where models and scores are kept.
        runner: trains the models.
        listener: informed of the audit's progress.

    Raises:
        UserError: the split has no pool.
    """
    total, clock = check_grows(request), Clock()
    for models, part in steps(request, plan):
        yield _marked(run(part, store, runner, listener, clock), models, total)
    yield run(plan, store, runner, listener, clock)


def check_grows(request: Request) -> int:
    """Return the number of models in the pool; raises UserError where there is no pool that could grow."""
    if request.pool is None:
        raise UserError(
            "early results come as a pool grows: `anytime` needs a recipe, and in a configuration `split: {name: pool}`"
        )
    return request.pool


def steps(request: Request, plan: Plan) -> Iterator[tuple[int, Plan]]:
    """Sizes of the pool below its full size, and the plan for each; `plan` is that of the whole pool."""
    seen = {_models(plan)}
    models, early = FIRST, replace(request, wanted=replace(request.wanted, students=0))
    while models < check_grows(request):
        part = _part(early.with_pool_of(models))
        if part is not None and _models(part) not in seen:
            seen.add(_models(part))
            yield models, part
        models *= 2


def _part(request: Request) -> Plan | None:
    """The plan of a smaller pool; None if an attack that the user named needs a larger one."""
    try:
        return plan_of(request)
    except UserError:
        return None


def _models(plan: Plan) -> tuple[str, ...]:
    return tuple(work.key for work in plan.works)


def _marked(finished: Finished, models: int, total: int) -> Finished:
    result = finished.result
    warning = f"Preliminary: {models} of the {total} models of the pool are trained so far; all numbers may change."
    words = result.verdict.model_copy(update={"sentences": (warning, *result.verdict.sentences)})
    marked = result.model_copy(update={"verdict": words, "preliminary": Preliminary(models=models, of=total)})
    return replace(finished, result=marked)
