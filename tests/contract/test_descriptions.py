"""Every field that a user reads or writes is described: in results, configurations and the options of plug-ins."""

import dataclasses
import importlib
import pkgutil

import pytest
from pydantic import BaseModel
from pydantic.dataclasses import is_pydantic_dataclass

import miaudit
from miaudit import registry
from miaudit.auditing.defences_result import DefencesResult
from miaudit.auditing.result import AuditResult
from miaudit.config import AuditConfig
from miaudit.experiments.spec import Experiment
from miaudit.training.recipe import Recipe

PACKAGES = ("auditing", "defences", "experiments", "metrics")
FOLDERS = ("attacks", "datasets", "defences", "models", "splits", "thresholds")
FEWEST_WORDS = 2


def models() -> list[type[BaseModel]]:
    """All pydantic models of miaudit, by name."""
    for package in PACKAGES:
        folder = importlib.import_module(f"miaudit.{package}")
        for module in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}."):
            importlib.import_module(module.name)
    found, waiting = [], [BaseModel]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found += [kind for kind in below if kind.__module__.startswith(f"{miaudit.__name__}.")]
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def undescribed(described: dict[str, str | None]) -> list[str]:
    return [name for name, text in described.items() if text is None or len(text.split()) < FEWEST_WORDS]


def test_the_search_finds_the_models() -> None:
    found = models()
    for kind in (AuditResult, AuditConfig, DefencesResult, Experiment):
        assert kind in found
    assert sum(len(kind.model_fields) for kind in found) > 200


@pytest.mark.parametrize("kind", models(), ids=lambda kind: str(kind.__qualname__))
def test_fields_of_results_and_configurations_are_described(kind: type[BaseModel]) -> None:
    assert not undescribed({name: field.description for name, field in kind.model_fields.items()})


@pytest.mark.parametrize(
    "kind",
    [Recipe, *(registry.find(folder, name) for folder in FOLDERS for name in registry.names(folder))],
    ids=lambda kind: str(kind.__qualname__),
)
def test_options_are_described(kind: type) -> None:
    assert is_pydantic_dataclass(kind)
    described = {name: field.description for name, field in kind.__pydantic_fields__.items()}
    assert set(described) >= {field.name for field in dataclasses.fields(kind)}  # options that are no fields, too
    assert not undescribed(described)
