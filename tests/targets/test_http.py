"""A model behind HTTP gives what the same model gives here, in every protocol, and in a whole audit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

import miaudit
from miaudit import registry
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.http import Http, Queries
from miaudit.targets.search import target_of
from model_server import METADATA, WEIGHTS, ModelServer, model_server, probabilities, records


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with model_server() as running:
        yield running


PROTOCOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "kserve": ("/v2/models/m", {}),
    "kserve with /infer": ("/v2/models/m/infer", {}),
    "mlflow": ("/invocations", {}),
    "mlflow with columns": ("/invocations", {"columns": tuple("abcde")}),
    "mlflow instances": ("/invocations", {"protocol": "instances"}),
    "tensorflow serving": ("/v1/models/m:predict", {}),
    "template": ("/score", {"body": {"batch": {"rows": "${records}"}, "raw": True}, "answer": "result.*.scores"}),
    "template of one record": ("/one", {"body": {"features": "${record}"}, "answer": "probabilities"}),
}


@pytest.mark.parametrize("case", PROTOCOLS)
def test_the_scores_are_those_of_the_model_here(server: ModelServer, case: str, tmp_path: Path) -> None:
    path, options = PROTOCOLS[case]
    x = records(20)
    target = Http(server.url(path), cache=tmp_path, batch=6, **options)
    expected = target.queries_for(20)
    said = query(target, x)
    assert said.kind == "probs"
    np.testing.assert_array_equal(said.values, probabilities(x))  # JSON carries doubles to the last bit
    assert expected.records == server.records_asked == 28
    assert expected.requests == len(server.asked)
    assert server.reads == (1 if "kserve" in case else 0)
    assert "deterministic" not in target.description


READ: dict[str, tuple[Any, str, Any, str]] = {  # what the server gives; the kind and the values that are read; in words
    "logits": (lambda x: x @ WEIGHTS, "logits", lambda x: x @ WEIGHTS, "logits"),
    "log-probabilities": (
        lambda x: np.log(probabilities(x)),
        "logits",
        lambda x: np.log(probabilities(x)),
        "log-probabilities",
    ),
    "one logit": (
        lambda x: (x @ WEIGHTS)[:, 0],
        "logits",
        lambda x: np.stack([np.zeros(len(x)), (x @ WEIGHTS)[:, 0]], axis=1),
        "the logit of class 1",
    ),
    "one probability": (
        lambda x: probabilities(x)[:, :1],
        "probs",
        lambda x: np.stack([1 - probabilities(x)[:, 0], probabilities(x)[:, 0]], axis=1),
        "the probability of class 1",
    ),
    "labels": (
        lambda x: probabilities(x).argmax(axis=1),
        "probs",
        lambda x: np.eye(3)[probabilities(x).argmax(axis=1)],
        "labels",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_what_the_answers_are_is_found_out(server: ModelServer, case: str, tmp_path: Path) -> None:
    given, kind, expected, words = READ[case]
    x = records(30)
    server.model = given
    target = Http(server.url("/invocations"), cache=tmp_path).tried(Dataset("given", x, np.arange(30) % 3, 3))
    said = query(target.with_classes(3), x)
    assert said.kind == kind
    np.testing.assert_array_equal(said.values, expected(x))
    assert target.description.endswith(f"which gives {words}")
    assert target.labels_only == (case == "labels")
    assert server.records_asked == 38


def test_answers_are_read_in_another_way_without_asking_again(server: ModelServer, tmp_path: Path) -> None:
    x = records(10)
    server.model = lambda rows: (probabilities(rows)[:, 0] > 0.3).astype(float)
    target = Http(server.url("/invocations"), cache=tmp_path)
    with pytest.raises(UserError, match="could be labels or probabilities; say which by outputs='labels'"):
        target.outputs(x)
    labels = target.with_outputs("labels").outputs(x)
    np.testing.assert_array_equal(labels.values[:, 1], probabilities(x)[:, 0] > 0.3)
    assert server.records_asked == 18


def test_a_batch_in_another_form_is_refused_and_not_kept(server: ModelServer, tmp_path: Path) -> None:
    x = records(10)
    data = Dataset("given", x, np.arange(10) % 3, 3)
    target = Http(server.url("/invocations"), cache=tmp_path).tried(data)
    server.model = lambda rows: rows @ WEIGHTS
    more = records(14)[10:]
    with pytest.raises(UserError, match=r"expected probabilities in \[0, 1\]"):
        target.outputs(more)
    assert target.unanswered(more) == 4


def test_a_budget_counts_for_all_that_is_made_of_a_target(server: ModelServer, tmp_path: Path) -> None:
    x = records(10)
    target = Http(server.url("/invocations"), cache=tmp_path, budget=20)
    target.with_outputs("probabilities").tried(Dataset("given", x, np.arange(10) % 3, 3))
    with pytest.raises(UserError, match=r"\(2 of 20 left\)"):
        target.outputs(records(14)[10:])


def test_rows_that_are_objects_follow_the_order_of_the_classes(server: ModelServer, tmp_path: Path) -> None:
    x = records(10)
    server.model = lambda rows: [dict(zip("cab", row.tolist(), strict=True)) for row in probabilities(rows)]
    with pytest.raises(UserError, match="answers with the names c, a, b: set `class_names`"):
        Http(server.url("/invocations"), cache=tmp_path).outputs(x)
    named = Http(server.url("/invocations"), cache=tmp_path, class_names=("a", "b", "c"))
    np.testing.assert_array_equal(named.outputs(x).values, probabilities(x)[:, [1, 2, 0]])


def test_rows_that_name_the_labels_need_no_order(server: ModelServer, tmp_path: Path) -> None:
    x, y = records(12), np.array(["c", "a", "b"] * 4)
    server.model = lambda rows: [dict(zip("cab", row.tolist(), strict=True)) for row in probabilities(rows)]
    target = Http(server.url("/invocations"), cache=tmp_path)
    found = miaudit.audit(target, (x[:6], y[:6]), (x[6:], y[6:]), attacks=["loss"], surrogates="never")
    own = np.log(probabilities(x)[np.arange(12), ["cab".index(label) for label in y]])
    np.testing.assert_allclose(np.sort(found.scores["signal.loss"].to_numpy()), np.sort(own), rtol=1e-6)


def test_a_table_with_text_is_audited(server: ModelServer, tmp_path: Path) -> None:
    x, y = records(12), np.arange(12) % 3
    frame = pd.DataFrame(x, columns=list("abcde")).assign(code=["7", None] * 6)
    server.model = lambda rows: probabilities(rows[:, :5])
    target = Http(server.url("/invocations"), cache=tmp_path)
    members, nonmembers = (frame[:6], y[:6]), (frame[6:], y[6:])
    found = miaudit.audit(target, members, nonmembers, attacks=["loss"], surrogates="never")
    own = np.log(probabilities(x)[np.arange(12), y])
    np.testing.assert_allclose(np.sort(found.scores["signal.loss"].to_numpy()), np.sort(own), rtol=1e-6)


def test_the_model_gets_single_precision_where_it_wants_it(server: ModelServer, tmp_path: Path) -> None:
    server.metadata = {**METADATA, "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 5]}]}
    x = records(4)
    said = Http(server.url("/v2/models/m"), cache=tmp_path).outputs(x)
    np.testing.assert_array_equal(said.values, probabilities(x.astype(np.float32)))


def test_an_audit_finds_what_it_finds_with_the_model_here(server: ModelServer, tmp_path: Path) -> None:
    x, y = records(120), np.arange(120) % 3
    members, nonmembers = (x[:60], y[:60]), (x[60:], y[60:])
    local = miaudit.Predictions(probabilities(x[:60]), probabilities(x[60:]))
    asked: list[tuple[str, int, int]] = []
    target = miaudit.targets.Http(
        server.url("/v2/models/m"), cache=tmp_path, progress=lambda *done: asked.append(done), budget=128
    )
    here, there = (miaudit.audit(t, members, nonmembers, attacks=["loss"], store=tmp_path) for t in (local, target))
    columns = ["member", "loss"]
    expected, found = here.scores.select(columns), there.scores.select(columns)
    assert found.sort_by("loss").equals(expected.sort_by("loss"))
    assert server.records_asked == 128  # each record once, and the first eight again
    assert asked[-1] == ("queries", 83, 83)  # the form was found by 32, and the first 8 counted its classes
    assert (
        there.result.target.description
        == f"a model behind {server.url('/v2/models/m')} (KServe v2), which gives probabilities"
    )


def test_the_budget_is_known_to_suffice_before_anything_is_sent(server: ModelServer, tmp_path: Path) -> None:
    x = records(100)
    data = Dataset(name="given", x=x, y=np.arange(100) % 3, classes=3)
    target = Http(server.url("/invocations"), cache=tmp_path, budget=107)
    with pytest.raises(
        UserError, match=r"about 108 records, more than `budget` allows \(107 of 107 left\).*nothing was"
    ):
        target.count_classes(data)
    with pytest.raises(UserError, match="about 108 records, more than `budget` allows"):
        target.outputs(x)
    assert server.records_asked == 0
    assert target.unanswered(x) == 108
    assert Http(server.url("/invocations"), cache=tmp_path, budget=108).count_classes(data) == 3
    assert target.unanswered(x) == 92


def test_labels_beyond_the_model_are_refused(server: ModelServer, tmp_path: Path) -> None:
    data = Dataset(name="given", x=records(10), y=np.arange(10), classes=10)
    with pytest.raises(UserError, match=r"expected labels 0\.\.2, as the target knows 3 classes; got 9"):
        Http(server.url("/invocations"), cache=tmp_path).count_classes(data)


def test_a_url_is_a_target() -> None:
    target = target_of("https://host/v2/models/m")
    assert isinstance(target, Http)
    assert target.name == "the endpoint https://host/v2/models/m"
    with pytest.raises(
        UserError, match=r"cannot open the model host/v2/models/m: .*https://host/v2/models/NAME.*; got no such file"
    ):
        target_of("host/v2/models/m")


def test_queries_are_counted_before_the_start() -> None:
    target = Http("http://host/invocations", batch=10)
    assert target.queries_for(100) == Queries(records=108, requests=12)
    assert target.queries_for(3) == Queries(records=6, requests=2)
    assert Http("http://host/invocations", batch=10, repeats=0).queries_for(101) == Queries(records=101, requests=11)


@pytest.mark.parametrize(
    ("url", "options", "message"),
    [
        ("https://host/predict", {}, "cannot tell the protocol of https://host/predict: expected"),
        ("ftp://host/invocations", {}, "expected the URL of an endpoint, such as"),
        ("https://host:port/invocations", {}, "expected the URL of an endpoint, such as"),
        ("https://host/x", {"body": {"rows": []}}, r'expected one "\$\{records\}" in `body`.*; got 0'),
        ("https://host/x", {"protocol": "template"}, r'expected one "\$\{records\}" in `body`.*; got 0'),
        ("https://host/x", {"body": ["${record}", "${records}"]}, r"single record goes; got 2"),
        (
            "https://host/x",
            {"protocol": "mlflow", "body": "${records}"},
            '`body` belongs to protocol="template", not to',
        ),
        ("https://host/v2/models/m?v=1", {}, "expected a URL without a query for KServe v2"),
        ("https://host/invocations", {"batch": 0}, "target http: batch: Input should be greater than or equal to 1"),
        ("https://host/invocations", {"timeuot": 3}, "there is no option 'timeuot': did you mean 'timeout'"),
    ],
)
def test_options_that_do_not_fit_are_refused(url: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        registry.build("targets", "http", {"url": url, **options})


def test_options_stay_as_they_are() -> None:
    target = Http("https://host/invocations")
    with pytest.raises(ValidationError):
        Http("https://host/invocations", timeout=0)
    with pytest.raises(AttributeError):
        target.batch = 3  # type: ignore[misc]
