"""How fast networks are trained: estimated from operations, or measured once and kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.experiments.paces import Paces, Seconds
from miaudit.models.mlp import Mlp
from miaudit.running.work import Work
from miaudit.training.job import Job
from miaudit.training.named_estimators import recipe_named
from miaudit.training.recipe import Recipe

SHAPE, CLASSES = (64,), 10
RECIPE = Recipe(model=Mlp(hidden=(8,)), epochs=3)
PASSES = 3 * 30 + 12 / 3  # three epochs of 30 records; asking about each of 12 takes a third of that


def seconds(paces: Paces, recipe: Recipe = RECIPE) -> Seconds | None:
    return paces.seconds(Work(Job(recipe, "data", np.arange(30), 0), np.arange(12)), SHAPE, CLASSES)


def test_a_network_that_was_not_measured_is_estimated_from_its_operations() -> None:
    found = seconds(Paces())
    assert found is not None
    assert not found.measured
    # a pass: three times the operations of a record forward, 64 x 8 + 8 x 10 multiplications and additions
    assert found.value == pytest.approx(PASSES * 3 * 2 * (64 * 8 + 8 * 10) / 5e10)


def test_a_network_is_measured_once_whatever_its_rate_and_epochs(tmp_path: Path) -> None:
    path = tmp_path / "store" / "paces.json"
    first = seconds(Paces(path, measure=True))
    assert first is not None
    assert first.measured
    (pace,) = json.loads(path.read_text()).values()
    assert first.value == pytest.approx(PASSES / pace)
    other = seconds(Paces(path), Recipe(model=Mlp(hidden=(8,)), epochs=6, learning_rate=0.1))
    assert other is not None
    assert other.value == pytest.approx((6 * 30 + 12 / 3) / pace)
    assert other.measured
    wider = seconds(Paces(path), Recipe(model=Mlp(hidden=(9,)), epochs=3))
    assert wider is not None
    assert not wider.measured


def test_what_is_no_network_has_no_forecast() -> None:
    tree = recipe_named("sklearn.tree.DecisionTreeClassifier", {})
    assert Paces().seconds(Work(Job(tree, "data", np.arange(30), 0), np.arange(12)), SHAPE, CLASSES) is None


@pytest.mark.parametrize("content", ["", "[1]", '{"a": "fast"}'])
def test_a_file_of_something_else_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "paces.json").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"paces.json does not hold speeds of networks: remove it"):
        Paces(tmp_path / "paces.json")
