"""Which kind of target an object is, or lies at an address."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from digit_audits import predicted, probabilities
from miaudit import registry
from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import Target
from miaudit.targets.custom import Custom
from miaudit.targets.estimator import Estimator
from miaudit.targets.http import Http
from miaudit.targets.predictions import Predictions
from miaudit.targets.search import is_model, kinds, open_target, target_of
from miaudit.targets.torch_module import TorchModule
from targets.table_target import Table


@pytest.fixture
def table_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another package names the class in its entry points; nothing else is done."""
    point = EntryPoint("table", "table_package:Table", "miaudit.targets")

    def entry_points(group: str, name: str | None = None) -> list[EntryPoint]:
        return [point] if group == "miaudit.targets" and name in (None, "table") else []

    monkeypatch.setattr(registry, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda _: Table)
    registry.names.cache_clear()
    yield
    registry.names.cache_clear()


class Both(torch.nn.Module):
    """A module that has the methods of a classifier and of an object of the user's own."""

    description = "both"

    def predict_proba(self, x: Any) -> Any:
        return x

    def logits(self, x: Any) -> Any:
        return x


class Wrapped(LogisticRegression):  # type: ignore[misc]
    """A classifier with logits."""

    description = "wrapped"

    def logits(self, x: Any) -> Any:
        return x


class Own:
    description = "own"

    def logits(self, x: Any) -> Any:
        return x


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (Both(), TorchModule),
        (Wrapped(), Estimator),
        (LogisticRegression(), Estimator),
        (Own(), Custom),
        (Predictions(*probabilities()), Predictions),
    ],
)
def test_the_most_specific_kind_accepts_an_object_first(given: Any, kind: type[Target]) -> None:
    assert type(target_of(given)) is kind


def test_a_target_stays_as_it_is() -> None:
    own = Custom(Own())
    assert target_of(own) is own


def test_specific_kinds_are_asked_before_general_ones() -> None:
    ranks = [kind.rank for kind in kinds()]
    assert ranks == sorted(ranks)
    assert [kind.__name__ for kind in kinds()[-2:]] == ["Custom", "Function"]


def test_a_text_or_a_path_is_opened(tmp_path: Path) -> None:
    assert isinstance(target_of("http://localhost/v2/models/m"), Http)
    with pytest.raises(UserError, match=r"cannot open the model .*absent\.onnx: expected .*; got no such file"):
        target_of(tmp_path / "absent.onnx")


def test_what_no_kind_accepts_is_refused_with_what_would_be() -> None:
    with pytest.raises(UserError, match=r"cannot audit a int: expected one of .*Predictions, .*a torch module"):
        target_of(3)


@pytest.mark.usefixtures("table_installed")
def test_a_kind_of_another_package_is_audited_without_an_edit(tmp_path: Path) -> None:
    p = np.concatenate(probabilities())
    found = predicted(tmp_path, target={"answer": lambda x: ModelOutputs(p[: len(x)], "probs")}, attacks=["loss"])
    assert found.result.target.description == "a table"
    assert found.scores.equals(predicted(tmp_path, attacks=["loss"]).scores)
    with pytest.raises(UserError, match=r"expected one of .*a table, Predictions"):
        target_of(3)


def test_a_url_is_opened_as_an_endpoint_with_its_options() -> None:
    target = open_target(Address.read("http://localhost:1/v2/models/m", {"batch": 8}))

    assert isinstance(target, Http)
    assert (target.url, target.batch) == ("http://localhost:1/v2/models/m", 8)


def test_a_wrong_option_of_an_endpoint_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"the endpoint http://localhost:1/v2/models/m: .*did you mean 'batch'"):
        open_target(Address.read("http://localhost:1/v2/models/m", {"bach": 8}))


@pytest.mark.parametrize(
    ("name", "came"),
    [
        ("missing.xyz", "no such file"),
        ("model.pkl", "a pickle, which would run any code"),
        ("model.xyz", "a file .xyz"),
        ("ftp://host/model", "another kind of URL"),
    ],
)
def test_an_address_of_no_model_is_refused_with_what_lies_there(tmp_path: Path, name: str, came: str) -> None:
    for there in ("model.pkl", "model.xyz"):
        (tmp_path / there).write_bytes(b"\x80\x04")
    address = Address.read(name, folder=tmp_path)

    assert not is_model(address)
    with pytest.raises(UserError, match=f"cannot open the model {name}: expected .*https://.*; got {came}"):
        open_target(address)


def test_a_model_of_another_library_is_audited_by_its_method() -> None:
    class Wrapped:
        def predict(self, x: Any) -> Any:
            return np.eye(2)[[0] * len(x)]

    with pytest.raises(
        UserError,
        match=r"cannot audit a Wrapped.*audit that: model\.predict; if it is no classifier, say by a `signal`",
    ):
        target_of(Wrapped())
    assert target_of(Wrapped().predict).name == "the function predict"
