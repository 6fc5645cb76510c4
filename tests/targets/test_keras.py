import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import torch

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.keras import Keras
from miaudit.targets.search import open_target, target_of
from targets.alike import check_scores
from tiny import blobs

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

DATA = blobs()
TWO = blobs(classes=2)
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def keras() -> Any:
    """Keras, imported only where its tests run: that takes seconds."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    library = pytest.importorskip("keras")
    if library.backend.backend() != "torch":
        pytest.skip("the tests compare with torch, the backend of Keras")
    return library


def made(keras: Any, units: int, activation: str | None) -> tuple[Any, Any]:
    """A model of one layer, and the torch module that gives its logits."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=activation)])
    weights = RNG.normal(size=(4, units)).astype(np.float32)
    model.set_weights([weights, np.zeros(units, np.float32)])
    original = torch.nn.Linear(4, units, bias=False)
    original.weight.data = torch.from_numpy(weights.T.copy())
    return model, original


@pytest.mark.parametrize("activation", [None, "softmax", "log_softmax"])
def test_it_is_audited_as_a_torch_module_with_the_same_weights(keras: Any, activation: str | None) -> None:
    model, original = made(keras, 3, activation)
    check_scores(model, original, DATA.x, DATA.y)


@pytest.mark.parametrize(("activation", "words"), [(None, "logit"), ("sigmoid", "probability")])
def test_one_output_is_that_of_class_1(keras: Any, activation: str | None, words: str) -> None:
    model, original = made(keras, 1, activation)
    target = target_of(model).tried(TWO)
    assert isinstance(target, Keras)
    assert target.description == f"Sequential (Keras, 5 parameters, which gives the {words} of class 1)"
    logits = original(torch.from_numpy(TWO.x)).detach().numpy()[:, 0]
    expected = logits if activation is None else 1 / (1 + np.exp(-logits))
    npt.assert_allclose(query(target, TWO.x).values[:, 1], expected, rtol=1e-4, atol=1e-6)


def test_a_file_holds_the_same_model(keras: Any, tmp_path: Path) -> None:
    model, _ = made(keras, 3, "softmax")
    model.save(tmp_path / "model.keras")
    loaded = open_target(Address.read(str(tmp_path / "model.keras")))
    npt.assert_array_equal(query(loaded.tried(DATA), DATA.x).values, query(target_of(model).tried(DATA), DATA.x).values)


def test_code_in_a_file_is_not_run(keras: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "model.keras")
    with pytest.raises(UserError, match=r"cannot open .*model\.keras: ValueError: .*"):
        open_target(Address.read(str(tmp_path / "model.keras")))


def test_several_outputs_are_refused(keras: Any) -> None:
    entry = keras.Input((4,))
    model = keras.Model(entry, [keras.layers.Dense(2)(entry), keras.layers.Dense(3)(entry)])
    with pytest.raises(UserError, match=r"the Functional: expected one output, got 2; audit keras\.Model"):
        query(target_of(model), DATA.x)
