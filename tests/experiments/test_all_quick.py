"""Every experiment runs its whole way with few records: one after another over one store, as rows share models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from miaudit import registry
from miaudit.attacks import _classifier
from miaudit.auditing.precision import settled
from miaudit.config import AuditConfig
from miaudit.experiments import spec
from miaudit.experiments.beside import beside
from miaudit.experiments.expected import read_expected
from miaudit.experiments.page import markdown_table
from miaudit.experiments.quick import LARGE, quick_config
from miaudit.experiments.results import SCHEMA, ExperimentResult, RowResult
from miaudit.experiments.running import Reproduction
from miaudit.experiments.spec import Named
from miaudit.fingerprint import fingerprint
from miaudit.models.mlp import Mlp
from miaudit.store.local import LocalStore

FOLDER = Path(__file__).parents[2] / "experiments"
NAMES = spec.names(FOLDER)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    return LocalStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that stand-ins are taken, whatever lies on this machine."""
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))


@pytest.fixture(scope="module", autouse=True)
def soon() -> Iterator[None]:
    """Attacks that learn stop after three epochs; networks with millions of weights, tested elsewhere, have few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_classifier, "EPOCHS", 3)
        for name in LARGE:
            patch.setattr(registry.find("models", name), "build", few_weights)
        yield


def few_weights(_: object, shape: tuple[int, ...], classes: int) -> nn.Module:
    return Mlp(hidden=(8,)).build(shape, classes)


@pytest.fixture(scope="module")
def finished() -> dict[str, RowResult]:
    """Results of rows, by what decides them."""
    return {}


def rows_of(reproduction: Reproduction, named: Named, finished: dict[str, RowResult]) -> Iterator[RowResult]:
    """Every row; of rows that are one audit once they are quick, but for the numbers of training, one is run."""
    for row, part in named.experiment.parts():
        config = settled(named.config(row, 0))
        quick = quick_config(config).model_copy(update={"title": ""})
        decides = fingerprint(
            without_numbers(quick), row.known is None, named.experiment.series, named.experiment.measures
        )
        if decides not in finished:
            finished[decides] = reproduction.row(named, row, part)
        told = {"name": row.name, "part": part, "known": row.known, "config": config.as_dict()}
        yield finished[decides].model_copy(update=told)


def without_numbers(config: AuditConfig) -> dict[str, Any]:
    """What decides which code is run: attacks as they are, whose parameters are part of their names, and all else."""
    content = config.as_dict()
    asked = {name: content.pop(name) for name in ("attacks", "threshold") if name in content}
    return {**masked(content), **asked}


def masked(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: masked(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [masked(value) for value in content]
    return "number" if type(content) in (int, float) else content


@pytest.mark.parametrize("name", NAMES)
def test_quick(name: str, store: LocalStore, finished: dict[str, RowResult]) -> None:
    named = spec.load(FOLDER, name)
    found = ExperimentResult(schema=SCHEMA, experiment=name, scale="quick", rows=())
    for row in rows_of(Reproduction(store, "quick"), named, finished):
        assert row.state == "done", f"{row.name}: {row.why}"
        assert row.runs[0].attacks
        assert not row.runs[0].skipped
        assert set(row.runs[0].series) == set(named.experiment.series)
        found = found.with_row(row)
    lines = beside(named, found, read_expected(FOLDER, named.paper))
    assert {line.state for line in lines} == {"done"}
    measured = {cell.measure for line in lines for cell in line.cells if cell.ours is not None}
    unresolved = {m for m in named.experiment.measures if m.startswith("tpr_at_fpr") or m == "precision"}
    assert measured | unresolved >= set(named.experiment.measures)
    assert len(markdown_table(lines).splitlines()) == len(lines) + 2
