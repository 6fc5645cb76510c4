"""Checks the arguments of `audit()` that are neither model nor records."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from miaudit import registry
from miaudit.auditing.budget import seconds_of
from miaudit.auditing.defended import UNDEFENDED, DefenceInUse
from miaudit.config import AuditConfig, PluginConfig, titled
from miaudit.defences.base import Defence, MasksOutputs, TrainsOtherwise
from miaudit.errors import UserError
from miaudit.forms import AskedStudents, AskedViews, Surrogates
from miaudit.messages import shortened
from miaudit.splits.pool import Pool

GivenDefence = str | Defence | Mapping[str, Any]
ATTACKERS = (None, "knows", "unaware")


def check_settings(
    models: int,
    shadows: int,
    known_fraction: float,
    seed: int,
    jobs: int | None,
    store: object,
    surrogates: object,
) -> None:
    """Raise UserError if one of the arguments is out of its range.

    Args:
        models: number of models in the pool, even and 2 or more.
        shadows: how many of them stand as shadows, 1 or more.
        known_fraction: share of records that attacks may know, in (0, 1).
        seed: a whole number from 0 to 2^63 - 1.
        jobs: number of processes, 1 or more; None for one per core.
        store: a path or a URL; None for the usual one.
        surrogates: says when they are searched for.
    """
    try:
        Pool(models=models, shadows=shadows)
        AuditConfig(evidence=Path("evidence.safetensors"), known_fraction=known_fraction, seed=seed)
    except ValidationError as error:
        raise UserError(f"audit(): {registry.explain(error)}") from None
    if jobs is not None and not (isinstance(jobs, int) and jobs >= 1):
        raise UserError(f"audit(): expected jobs of 1 or more, got {shortened(jobs)}")
    if store is not None and not isinstance(store, str | Path):
        raise UserError(f"audit(): expected a folder or a URL as store, got {shortened(store)}")
    if surrogates not in get_args(Surrogates):
        raise UserError(f'audit(): expected "auto", "always" or "never" as surrogates, got {shortened(surrogates)}')


def views_from(views: object) -> AskedViews:
    """The number of further views of each record, or "auto".

    Raises:
        UserError: it is neither.
    """
    try:
        found: AskedViews = TypeAdapter(AskedViews).validate_python(views)
    except ValidationError:
        raise UserError(f'audit(): expected "auto" or a number from 0 to 24 as views, got {shortened(views)}') from None
    return found


def students_from(students: object) -> AskedStudents:
    """The number of students that the target and each shadow have.

    Raises:
        UserError: it is no even number from 0 to 100.
    """
    try:
        found: AskedStudents = TypeAdapter(AskedStudents).validate_python(students)
    except ValidationError:
        raise UserError(
            f"audit(): expected an even number from 0 to 100 as students, got {shortened(students)}"
        ) from None
    return found


def check_runner(runner: object) -> None:
    """Raise UserError if the object is no runner."""
    if isinstance(runner, type) or not hasattr(runner, "run"):
        raise UserError(f"audit(): expected the address of a Ray cluster or a runner, got {shortened(runner)}")


def seconds_from(budget: str | float | None) -> float | None:
    """Seconds of a budget that is given as a number or as a text such as "10m"; None where there is none.

    Raises:
        UserError: the budget is no positive time.
    """
    if budget is None:
        return None
    if isinstance(budget, str):
        return seconds_of("budget", budget)
    if not isinstance(budget, int | float) or not budget > 0:
        raise UserError(f'audit(): expected a budget in seconds or such as "10m", got {shortened(budget)}')
    return float(budget)


def defence_from(defence: GivenDefence | None, attacker: str | None) -> DefenceInUse:
    """The target's defence by its name, as in a configuration or as an object, and whether the attacker knows of it.

    Raises:
        UserError: there is no such defence or no such attacker.
    """
    if attacker not in ATTACKERS:
        raise UserError(f'audit(): expected "knows" or "unaware" as attacker, got {shortened(attacker)}')
    if defence is None:
        if attacker is not None:
            raise UserError("audit(): `attacker` says who knows of a defence: it needs `defence`")
        return UNDEFENDED
    if isinstance(defence, str | Mapping):
        config = _described(defence)
        return DefenceInUse(config.build("defences"), config.title, attacker == "knows")
    if isinstance(defence, type) or not isinstance(defence, TrainsOtherwise | MasksOutputs):
        raise UserError(f"audit(): expected the name of a defence or a defence, got {shortened(defence)}")
    return DefenceInUse(defence, _title(defence), attacker == "knows")


def _described(defence: str | Mapping[str, Any]) -> PluginConfig:
    try:
        return PluginConfig.model_validate(defence if isinstance(defence, str) else dict(defence))
    except ValidationError as error:
        raise UserError(
            f"audit(): defence {shortened(defence)}: {registry.explain(error, PluginConfig.model_fields)}"
        ) from None


def _title(defence: Defence) -> str:
    """The defence as a configuration would name it, such as `dp_sgd[noise=0.6]`."""
    kind = type(defence)
    name = next((name for name in registry.names("defences") if registry.find("defences", name) is kind), None)
    if name is None:
        return repr(defence)
    usual = {option: field.get_default() for option, field in kind.__pydantic_fields__.items()}  # type: ignore[attr-defined]
    values = {option: getattr(defence, option) for option in usual}
    return titled(name, {option: value for option, value in values.items() if value != usual[option]})
