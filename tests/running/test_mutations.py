"""Whatever a model depends on, changed one thing at a time, is a miss. No field is listed by hand."""

import copy
import importlib
import linecache
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier

import miaudit.training
from miaudit import registry
from miaudit.datasets.base import Dataset
from miaudit.running.description import describe_model, describe_outputs
from miaudit.running.explain import explain, known_jobs
from miaudit.running.work import Work, do
from miaudit.store.local import LocalStore
from miaudit.training import fit, fit_many
from miaudit.training.data import Records
from miaudit.training.defended import DefendedRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Job, Method
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe
from tiny import Net, blobs, recipe

DATA = blobs()
QUERY = np.arange(60)
OUTSIDE = {
    "estimator",
    "module",
    "stacked",
    "form",
    "wrapped",
    "labels",
}  # described by the other fields of their classes
JOB = Job(recipe(), DATA.fingerprint, np.arange(30), 7, np.arange(40, 50), "stack/1", np.arange(50, 60))


class Mutant(NamedTuple):
    """A copy in which one field is another."""

    field: str  # by dotted names
    value: Any


def mutants(original: Any) -> Iterator[Mutant]:
    """Every change of one field of a dataclass, of those within it too; none is validated, all must be told apart."""
    for field in fields(original):
        value = getattr(original, field.name)
        if not field.compare:
            assert field.name in OUTSIDE
            continue
        if is_dataclass(value):
            for name, inner in mutants(value):
                yield Mutant(f"{field.name}.{name}", _with(original, field.name, inner))
            continue
        for changed in _changes(value):
            yield Mutant(field.name, _with(original, field.name, changed))


def _with(original: Any, name: str, value: Any) -> Any:
    changed = copy.copy(original)
    for kept in vars(changed).keys() - {field.name for field in fields(changed)}:
        del vars(changed)[kept]  # a key that was computed from the fields
    object.__setattr__(changed, name, value)  # as it is frozen
    return changed


def _changes(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [np.append(value, 3), value[:-1], value[::-1].copy(), value + 1]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, np.nextafter(value, np.inf).item() if isinstance(value, float) else -value - 1]
    if isinstance(value, str):
        return [value + " ", ""]
    if value is None:  # no probabilities to learn
        return [np.array([[0.25, 0.75]]), np.array([[0.75, 0.25]])]
    assert isinstance(value, tuple), f"a field holds a {type(value).__name__}: say how to change it"
    return [(*value, "1"), (*value, *value, 2)]


def defences() -> list[type[DefendedRecipe]]:
    for module in pkgutil.iter_modules(miaudit.training.__path__):
        importlib.import_module(f"miaudit.training.{module.name}")
    return sorted(DefendedRecipe.__subclasses__(), key=lambda kind: kind.__name__)


RECIPES: list[Any] = [
    *(recipe(model=registry.build("models", name, {})) for name in registry.names("models")),
    recipe(model=Like.of(Net(4, 3))),
    *(kind(base=recipe()) for kind in defences()),  # type: ignore[call-arg]  # every one has a base
]


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """The model and the outputs of the job."""
    return filled(tmp_path, JOB)


def filled(folder: Path, job: Job) -> LocalStore:
    store = LocalStore(folder)
    store.put(job.key, {"weight": np.zeros(1)}, describe_model(job))
    store.put(Work(job, QUERY).key, {"logits": np.zeros(1)}, describe_outputs(job, QUERY))
    assert Work(job, QUERY).is_trained(store)
    return store


def is_miss(store: LocalStore, job: Job) -> bool:
    changed = Work(job, QUERY)
    return not changed.is_trained(store) and store.get(job.key) is None and store.get(changed.key) is None


@pytest.mark.parametrize(
    "how", RECIPES, ids=lambda how: f"{type(how).__name__}-{type(getattr(how, 'model', None)).__name__}"
)
def test_every_field_of_a_recipe(tmp_path: Path, how: Any) -> None:
    job = replace(JOB, recipe=how)
    store = filled(tmp_path, job)
    known = known_jobs(store)
    seen = set()
    for field, changed in mutants(how):
        other = replace(job, recipe=changed)
        assert is_miss(store, other), field
        told = explain(Work(other, QUERY), store, known).differences
        assert [difference.field for difference in told] == [f"recipe.{field}"]
        seen.add(field)
    values = {field.name: getattr(how, field.name) for field in fields(how) if field.compare}
    with_content = {name for name, value in values.items() if not is_dataclass(value) or fields(value)}
    assert {name.split(".")[0] for name in seen} == with_content


def test_every_kind_of_recipe_and_model() -> None:
    assert len({replace(JOB, recipe=how).key for how in RECIPES}) == len(RECIPES) > 10


def test_every_field_of_an_estimator(tmp_path: Path) -> None:
    how = EstimatorRecipe.of(RandomForestClassifier())
    job = replace(JOB, recipe=how)
    store = filled(tmp_path, job)
    seen = set()
    for field, changed in mutants(how):
        assert is_miss(store, replace(job, recipe=changed)), field
        seen.add(field)
    assert seen == {"kind", "params", "library"}
    for name, value in RandomForestClassifier().get_params().items():
        other = RandomForestClassifier().set_params(**{name: 5 if value is None else f"{value} "})
        assert is_miss(store, replace(job, recipe=EstimatorRecipe.of(other))), name


def test_every_field_of_a_job(store: LocalStore) -> None:
    known = known_jobs(store)
    seen = set()
    for field, changed in mutants(JOB):
        assert is_miss(store, changed), field
        told = explain(Work(changed, QUERY), store, known).differences
        assert [difference.field for difference in told] == [field]
        seen.add(field)
    assert {field.split(".")[0] for field in seen} == {field.name for field in fields(Job)} - OUTSIDE


def test_the_records_asked_about(store: LocalStore) -> None:
    for changed in _changes(QUERY):
        assert not Work(JOB, changed).is_done(store)
        assert Work(JOB, changed).is_trained(store)


def test_the_data() -> None:
    x, y = DATA.x.copy(), DATA.y.copy()
    x.view(np.uint32)[-1, -1] ^= 1  # the last bit of the last number
    y[0] = (y[0] + 1) % 3
    changed = [
        replace(DATA, x=x),
        replace(DATA, y=y),
        replace(DATA, classes=4),
        replace(DATA, x=DATA.x[::-1].copy()),
        replace(DATA, x=DATA.x.reshape(60, 2, 2)),
        replace(DATA, x=DATA.x.astype(np.float64)),
        replace(DATA, x=DATA.x[:-1], y=DATA.y[:-1]),
    ]
    assert len({data.fingerprint for data in (DATA, *changed)}) == len(changed) + 1


def test_what_a_data_set_is_called_does_not_matter() -> None:
    assert (
        Dataset("another name", DATA.x, DATA.y, DATA.classes, DATA.y, ("a", "b", "c")).fingerprint == DATA.fingerprint
    )


def code_versions(how: Recipe, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Of the training code as it is, and with another version of each thing that it is made of."""
    found = {Method.of(how, DATA).code}
    for module, name in ((fit, "CODE_VERSION"), (fit_many, "CODE_VERSION"), (torch, "__version__")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, "0/0")
            found.add(Method.of(how, DATA).code)
    return found


def test_the_version_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    stacked, plain = recipe(), recipe(flip=True)
    assert len(code_versions(stacked, monkeypatch)) == 3  # its own way, and torch
    assert len(code_versions(plain, monkeypatch)) == 3
    assert Method.of(stacked, DATA).code != Method.of(plain, DATA).code


NETWORK = """
from dataclasses import dataclass
from torch import nn

@dataclass(frozen=True)
class Small:
    def build(self, shape, classes):
        return nn.Sequential(nn.Linear(shape[0], 4), nn.{}(), nn.Linear(4, classes))
"""


def test_the_source_of_a_users_own_architecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own_network.py"
    monkeypatch.syspath_prepend(tmp_path)
    found = []
    for activation in ("ReLU", "Sigmoid", "ReLU"):
        file.write_text(NETWORK.format(activation))
        linecache.checkcache(str(file))
        monkeypatch.delitem(sys.modules, "own_network", raising=False)
        how = recipe(model=importlib.import_module("own_network").Small())
        found.append(Method.of(how, DATA).code)
    assert found[0] == found[2] != found[1]
    assert found[0].startswith(f"{how.trainer_version(DATA.x.shape[1:], DATA.classes)} of own_network ")
    assert Method.of(recipe(), DATA).code == recipe().trainer_version(DATA.x.shape[1:], DATA.classes)


@pytest.mark.parametrize("kind", defences())
def test_the_version_of_a_defences_code(kind: type[DefendedRecipe], monkeypatch: pytest.MonkeyPatch) -> None:
    how = kind(base=recipe())  # type: ignore[call-arg]
    try:
        before = Method.of(how, DATA).code
    except Exception as error:
        pytest.skip(str(error))
    monkeypatch.setattr(importlib.import_module(kind.__module__), "CODE_VERSION", "0/0")
    assert Method.of(how, DATA).code != before


def test_a_change_is_trained_and_the_original_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with stand-ins: the model, its outputs, and both again after a change."""
    store, records = LocalStore(tmp_path), Records(DATA.x, DATA.y, DATA.classes)
    job = Method.of(recipe(), DATA).job(np.arange(30), 7)
    assert do(Work(job, QUERY), records, store)
    for changed in (replace(job, recipe=recipe(epochs=3)), replace(job, seed=8), replace(job, code="stack/0")):
        assert do(Work(changed, QUERY), records, store)
        assert not do(Work(changed, QUERY), records, store)
    monkeypatch.setattr(Recipe, "train", None)  # would fail if called
    assert not do(Work(job, QUERY), records, store)
