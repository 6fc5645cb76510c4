"""Requests and answers of each protocol, by hand."""

import json
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from miaudit.errors import UserError
from miaudit.features.table import Table
from miaudit.features.texts import Texts
from miaudit.targets._http_answers import names_of
from miaudit.targets._http_connection import Connection, Manners, Meter
from miaudit.targets._http_forms import DataframeSplit, Instances, Template
from miaudit.targets._http_kserve import KServe, Tensor, open_kserve
from miaudit.targets._http_numbers import Order, as_lists, found_at, numbers

X = np.array([[1.0, 2.5], [3.0, np.nan]])
URL = "https://host/v2/models/m"


def kserve(metadata: Any, input_name: str | None = None, output_name: str | None = None) -> KServe:
    """The form that a model with these metadata has."""

    class Stub(Connection):
        def get(self, url: str) -> Any:
            assert url == URL
            return metadata

    manners = Manners(1, 1, 1, 1, None, None, None)
    return open_kserve(Stub(manners, Meter(manners), {}, None), URL, input_name, output_name)  # type: ignore[arg-type]


def tensor(name: str, datatype: str = "FP32", shape: tuple[int, ...] = (-1, 2)) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": list(shape)}


def test_bodies() -> None:
    assert DataframeSplit("u", "", Order(), ()).body(X) == {
        "dataframe_split": {"columns": [0, 1], "data": [[1.0, 2.5], [3.0, None]]}
    }
    assert DataframeSplit("u", "", Order(), ("a", "b")).body(X[:1]) == {
        "dataframe_split": {"columns": ["a", "b"], "data": [[1.0, 2.5]]}
    }
    assert Instances("u", "", Order()).body(X[:1]) == {"instances": [[1.0, 2.5]]}
    assert Template("u", "", Order(), {"a": [{"x": "${records}"}, 3]}).body(X[:1]) == {"a": [{"x": [[1.0, 2.5]]}, 3]}
    assert Template("u", "", Order(), {"a": "${record}"}).body(X[:1]) == {"a": [1.0, 2.5]}
    assert kserve(None).body(X[:1]) == {
        "inputs": [{"name": "input-0", "shape": [1, 2], "datatype": "FP64", "data": [[1.0, 2.5]]}]
    }


def test_kserve_bodies_follow_the_metadata() -> None:
    form = kserve({"name": "m", "versions": ["3"], "inputs": [tensor("x", "INT64")]}, output_name="p")
    assert form.body(np.array([[1.0, 2.0]])) == {
        "inputs": [{"name": "x", "shape": [1, 2], "datatype": "INT64", "data": [[1, 2]]}],
        "outputs": [{"name": "p"}],
    }
    assert json.loads(form.served) == {"name": "m", "versions": ["3"]}
    assert kserve({"inputs": [tensor("x"), tensor("y")]}, input_name="y").input.name == "y"
    assert kserve(None, input_name="predict").input == Tensor("predict", "FP64", ())


@pytest.mark.parametrize(
    ("metadata", "input_name", "message"),
    [
        ({"inputs": [tensor("x"), tensor("y")]}, None, "has the inputs x, y: one input is fed; set `input_name` to it"),
        ({"inputs": [tensor("x")]}, "z", "has the inputs x: one input is fed"),
        ({"inputs": [tensor("x", "BYTES")]}, None, "wants BYTES as x: numbers alone are sent"),
        ({"inputs": ["x"]}, None, "expected name, datatype and shape of an input in the metadata, got 'x'"),
    ],
)
def test_models_that_cannot_be_fed(metadata: Any, input_name: str | None, message: str) -> None:
    with pytest.raises(UserError, match=message):
        kserve(metadata, input_name)


@pytest.mark.parametrize(
    ("stated", "x", "message"),
    [
        (tensor("x", shape=(-1, 3)), X[:1], r"wants records of shape \(3,\), got \(2,\)"),
        (tensor("x", shape=(1, 2)), X[:1].repeat(2, axis=0), "takes 1 records a request: set batch=1"),
        (tensor("x", "INT64"), X[:1], "wants INT64, but the records hold other numbers than whole ones"),
        (tensor("x", "UINT8"), np.array([[1.0, 256.0]]), "wants UINT8, but the records hold other numbers"),
        (tensor("x", "FP16"), np.array([[1.0, 1e9]]), "the records hold inf, which JSON cannot carry"),
        (tensor("x"), X, "the records hold nan, which JSON cannot carry"),
    ],
)
def test_records_that_the_model_does_not_take(stated: dict[str, Any], x: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        kserve({"inputs": [stated]}).body(x)


def output(name: str, data: Any, shape: Any = (2, 2), datatype: str = "FP32") -> dict[str, Any]:
    return {
        "name": name,
        "datatype": datatype,
        "shape": list(shape) if isinstance(shape, tuple) else shape,
        "data": data,
    }


@pytest.mark.parametrize("data", [[0.1, 0.9, 0.2, 0.8], [[0.1, 0.9], [0.2, 0.8]]], ids=["flat", "nested"])
def test_kserve_answers(data: Any) -> None:
    label = output("label", [1, 1], (2,), "INT64")
    wanted = [[0.1, 0.9], [0.2, 0.8]]
    assert kserve(None).values({"outputs": [output("p", data)]}).tolist() == wanted
    assert kserve(None).values({"outputs": [label, output("p", data)]}).tolist() == wanted
    assert kserve(None, output_name="p").values({"outputs": [output("q", [0]), output("p", data)]}).tolist() == wanted


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"error": "busy"}, r"expected a list of tensors as `outputs` in the endpoint's answer, got \{'error'"),
        ([], "expected a list of tensors"),
        (
            {"outputs": [output("p", [1]), output("q", [1])]},
            "expected one output with probabilities or logits, got p, q",
        ),
        (
            {"outputs": [output("p", [0.1, 0.9, 0.2])]},
            r"output p does not fit together: it has 3 numbers and the shape",
        ),
        ({"outputs": [output("p", [0.1], None)]}, "output p does not fit together"),
    ],
)
def test_kserve_answers_that_are_none(answer: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        kserve(None).values(answer)


def test_a_path_leads_into_an_answer() -> None:
    answer = {"a": [{"p": [1, 2]}, {"p": [3, 4]}]}
    assert found_at(answer, "") == answer
    assert found_at(answer, "a.1.p") == [3, 4]
    assert found_at(answer, "a.*.p.0") == [1, 3]
    with pytest.raises(UserError, match=r"expected 'b' in the endpoint's answer, got the keys a; set `answer` to"):
        found_at(answer, "b")
    with pytest.raises(UserError, match=r"expected '2' in the endpoint's answer, got \[\{"):
        found_at(answer, "a.2")


def test_names_that_contradict_the_labels_are_refused() -> None:
    assert numbers([{"b": 2, "a": 1}], Order(("a", "b"), ("a", "b"))).tolist() == [[1, 2]]
    for names in (("b", "a"), ("yes", "no")):
        with pytest.raises(UserError, match=r"`class_names` \(.*\) contradicts the labels of the records, .*a, b"):
            numbers([{"b": 2, "a": 1}], Order(names, ("a", "b")))


def test_objects_need_all_names() -> None:
    assert numbers([{"b": 2, "a": 1}], Order(("a", "b"))).tolist() == [[1, 2]]
    with pytest.raises(UserError, match="answers with the names b, but `class_names` has a, b"):
        numbers([{"b": 2}], Order(("a", "b")))
    with pytest.raises(UserError, match="answers with the names b, and the records have the labels a, b: set"):
        numbers([{"b": 2}], Order(labels=("a", "b")))


def test_names_that_are_labels_need_no_order() -> None:
    rows = [{"sick": 0.9, "fit": 0.1}]
    assert numbers(rows, Order(labels=("fit", "sick"))).tolist() == [[0.1, 0.9]]
    assert numbers([{"1": 0.9, "0": 0.1}], Order()).tolist() == [[0.1, 0.9]]
    assert numbers([{"n": 0.1, "y": 0.9}], Order(("n", "y"), ("fit", "sick"))).tolist() == [[0.1, 0.9]]


def test_the_only_list_holds_the_outputs() -> None:
    form = Template("u", "", Order(), {"rows": "${records}"})
    assert form.values({"model": "v2", "result": {"p": [[0.1, 0.9]]}}).tolist() == [[0.1, 0.9]]
    with pytest.raises(UserError, match=r"answer has lists at p, result\.labels: set `answer` to the path"):
        form.values({"p": [[0.1, 0.9]], "result": {"labels": ["a"]}})
    single = Template("u", "", Order(), {"row": "${record}"})
    assert single.values({"1": 0.9, "0": 0.1}).tolist() == [[0.1, 0.9]]


TABLE = pa.table({"town": ["Linz", None], "age": [3, 4], "seen": [date(2020, 1, 2), None], "income": [1.5, np.nan]})
ROWS: list[dict[str, Any]] = [
    {"town": "Linz", "age": 3, "seen": "2020-01-02", "income": 1.5},
    {"town": None, "age": 4, "seen": None, "income": None},
]


def test_rows_of_a_table_are_objects() -> None:
    table = Table.of("members", TABLE, np.float64)
    assert Template("u", "", Order(), {"rows": "${records}"}).body(table) == {"rows": ROWS}
    assert Instances("u", "", Order()).body(table[1:]) == {"instances": ROWS[1:]}
    assert DataframeSplit("u", "", Order(), ()).body(table) == {
        "dataframe_split": {"columns": list(ROWS[0]), "data": [list(row.values()) for row in ROWS]}
    }
    with pytest.raises(UserError, match="tensor of numbers, and the records are a table: ask another endpoint"):
        kserve(None).body(table)
    assert len(set(names_of(table))) == 2


def test_texts_are_sent_as_they_are() -> None:
    texts = Texts.of("members", ["good", "bad"], np.float64)
    assert Instances("u", "", Order()).body(texts) == {"instances": ["good", "bad"]}
    assert len(set(names_of(texts))) == 2


def test_infinity_is_never_sent() -> None:
    with pytest.raises(UserError, match="the records hold -inf, which JSON cannot carry"):
        as_lists(np.array([[-np.inf]]), blanks=True)


def test_a_table_needs_two_dimensions_and_all_names() -> None:
    with pytest.raises(UserError, match=r"expected records \(n, p\).*got \(1, 2, 1\); set protocol=\"instances\""):
        DataframeSplit("u", "", Order(), ()).body(X[:1, :, None])
    with pytest.raises(UserError, match=r"expected records \(n, 3\) for MLflow's `dataframe_split`, got \(1, 2\)"):
        DataframeSplit("u", "", Order(), ("a", "b", "c")).body(X[:1])
