"""An audit that tells something early: its pool grows, and there is a result each time it has doubled."""

from collections.abc import Iterator
from dataclasses import replace

from miaudit.auditing.cost import has_pool, with_pool_of
from miaudit.auditing.from_config import plan_of
from miaudit.auditing.plan import Plan
from miaudit.auditing.result import Preliminary
from miaudit.auditing.run import Clock, Finished, run
from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.running.base import Progress, Runner, Watch, silent, unwatched
from miaudit.running.local import THIS_MACHINE
from miaudit.store.checkpoints import Store

FIRST = 4  # models of the smallest pool in which shadows have references


def run_anytime(
    config: AuditConfig,
    plan: Plan,
    store: Store,
    runner: Runner = THIS_MACHINE,
    progress: Progress = silent,
    watch: Watch = unwatched,
) -> Iterator[Finished]:
    """Results with 4 models of the pool, with 8, 16, ..., and at last with all: what `run` would have given.

    A pool holds every smaller one, so that nothing is trained for the early results alone. These are marked, in the
    result and in the verdict; a size that does not suffice for the attacks, or adds no model that they read, is
    passed over.

    Raises:
        UserError: the configuration has no pool.
    """
    total, clock = pool_of(config), Clock()
    for models, part in steps(config, plan):
        yield _marked(run(part, store, runner, progress, watch, clock), models, total)
    yield run(plan, store, runner, progress, watch, clock)


def pool_of(config: AuditConfig) -> int:
    """M; raises UserError where there is no pool."""
    if not has_pool(config) or config.split is None:
        raise UserError("--anytime tells results as a pool grows: it needs a configuration with `split: {name: pool}`")
    models: int = config.split.build("splits").models
    return models


def steps(config: AuditConfig, plan: Plan) -> Iterator[tuple[int, Plan]]:
    """Sizes of the pool below its full one, and what is done with each; `plan` is that of the full one."""
    seen = {_models(plan)}
    models = FIRST
    while models < pool_of(config):
        part = _part(with_pool_of(config, models), plan)
        if part is not None and _models(part) not in seen:
            seen.add(_models(part))
            yield models, part
        models *= 2


def _part(config: AuditConfig, plan: Plan) -> Plan | None:
    """None where so few models do not suffice for an attack that the configuration names."""
    try:
        return plan_of(config, plan.data)
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
