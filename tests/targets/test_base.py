"""Which kind of target an object is, and the one check that all outputs pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from digit_audits import MEMBERS, predicted, probabilities
from miaudit import registry
from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import Target, is_model, kinds, open_target, query, target_of
from miaudit.targets.custom import Custom
from miaudit.targets.estimator import Estimator
from miaudit.targets.http import Http
from miaudit.targets.predictions import Predictions
from miaudit.targets.torch_module import TorchModule

X = np.zeros((4, 3))


@dataclass(frozen=True, eq=False)
class Table(Target):
    """A kind of target from another package: a function behind a class that others would take for their own."""

    made_of: ClassVar[str] = "a table"
    rank: ClassVar[int] = 5

    answer: Any

    @classmethod
    def accepts(cls, given: object) -> bool:
        return isinstance(given, dict)

    @classmethod
    def of(cls, given: Any) -> Self:
        return cls(given["answer"])

    @property
    def description(self) -> str:
        return "a table"

    def outputs(self, x: Floats) -> ModelOutputs:
        values: ModelOutputs = self.answer(x)
        return values


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


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            ModelOutputs(np.zeros((3, 2)), "logits"),
            r"the Table, asked about 4 records: expected logits \(4, C\)",
        ),
        (ModelOutputs(np.zeros((4, 1)), "logits"), r"with C >= 2, it gave \(4, 1\)"),
        (ModelOutputs(np.full((4, 2), np.inf), "logits"), "expected finite numbers, got inf"),
        (ModelOutputs(np.full((4, 2), 0.5), "logits"), "expected logits, got probabilities"),
        (ModelOutputs(np.full((4, 2), 0.4), "probs"), r"rows that sum to 1 within 0\.1, got 0\.8"),
        (ModelOutputs(np.full((4, 2), "a"), "probs"), "expected numbers, got <U1"),
        (np.zeros((4, 2)), "the Table: expected ModelOutputs, got ndarray"),
    ],
)
def test_outputs_of_any_target_are_checked_in_one_place(said: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        query(Table(lambda _: said), X)


def test_a_target_that_fails_is_named() -> None:
    def fails(x: Floats) -> Any:
        raise TimeoutError("no answer")

    with pytest.raises(UserError, match=r"the Table, given records of shape \(3,\), failed on 4 records"):
        query(Table(fails), X)


def test_a_model_may_know_more_classes_than_the_records_show() -> None:
    x, y = MEMBERS
    few = Dataset("few", x[y < 5], y[y < 5], 5)

    def classes(given: object) -> int:
        return target_of(given).count_classes(few)

    assert classes(torch.nn.Linear(64, 12)) == 12
    assert classes(LogisticRegression(max_iter=1000).fit(*MEMBERS)) == 10
    assert classes(LogisticRegression(max_iter=1000).fit(few.x[few.y < 3], few.y[few.y < 3])) == 5
    assert classes(Predictions(*probabilities())) == 10
    assert classes(Own()) == 5


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
