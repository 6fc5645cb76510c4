"""Decides `bf16: auto` of a configuration, once for all models of an audit."""

from typing import Any

from miaudit.config import AuditConfig
from miaudit.defences.base import SinglePrecision
from miaudit.training.device import resolve
from miaudit.training.hyperparameters import AUTO
from miaudit.training.precision import has_bf16


def settled(config: AuditConfig) -> AuditConfig:
    """The configuration with `auto` replaced by true if this machine computes in bfloat16, else by false.

    It is false for all models if one of the defences cannot be trained so, because models that are compared must be
    trained alike.
    """
    if _with_bf16(config, False) == config:
        return config
    named = (*config.defences, *([] if config.defence is None else [config.defence]))
    barred = any(isinstance(defence.build("defences"), SinglePrecision) for defence in named)
    return _with_bf16(config, not barred and has_bf16(resolve(config.device)))


def is_settled_form(recorded: AuditConfig, asked: AuditConfig) -> bool:
    """Is the recorded configuration a form that the asked one takes on some machine?"""
    return any(_with_bf16(asked, value) == recorded for value in (AUTO, True, False))


def _with_bf16(config: AuditConfig, value: bool | str) -> AuditConfig:
    """The configuration with every `auto` replaced by the value."""

    def changed(options: dict[str, Any]) -> dict[str, Any]:
        return {key: value if key == "bf16" and said == AUTO else said for key, said in options.items()}

    recipe = config.recipe
    if recipe is not None:
        recipe = recipe.with_options(changed(recipe.options))
    return config.model_copy(
        update={
            "recipe": recipe,
            "attacker_recipe": changed(config.attacker_recipe),
            "reference_recipe": changed(config.reference_recipe),
        }
    )
