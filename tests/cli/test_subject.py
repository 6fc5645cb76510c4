"""What the command line is asked to audit: models with records, predictions and configurations are told apart."""

import json
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import yaml

from miaudit.arrays import Floats
from miaudit.cli.audit import audit
from miaudit.cli.check import check
from miaudit.cli.given import ColumnOptions, RecordOptions, TrainingOptions
from model_server import ModelServer, model_server, probabilities, records
from tiny import Call


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


def table(x: Floats, y: object, label: str = "label") -> str:
    names = [f"f{j}" for j in range(x.shape[1])]
    rows = [",".join(map(repr, map(float, row))) + f",{c}" for row, c in zip(x, np.asarray(y), strict=True)]
    return "\n".join([",".join([*names, label]), *rows]) + "\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with records of the server's model; members have the label that it gives them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    x = records(90)
    y = probabilities(x).argmax(axis=1)
    y[30:] = np.random.default_rng(0).integers(3, size=60)
    for name, rows in (("in", slice(0, 30)), ("out", slice(30, 60)), ("more", slice(60, 90))):
        (tmp_path / f"{name}.csv").write_text(table(x[rows], y[rows]))
    return tmp_path


WORDS = ("--members", "in.csv", "--nonmembers", "out.csv", "--jobs", "1")


def test_an_endpoint_is_audited_in_one_command(folder: Path, server: ModelServer, call: Call) -> None:
    url = server.url("/v2/models/m")
    called = call("audit", url, *WORDS, "--population", "more.csv", "--set", "batch=16")

    assert called.code == 0, called.err
    result = json.loads((folder / "m-audit" / "result.json").read_text())
    assert (result["target"]["members"], result["target"]["nonmembers"]) == (30, 30)
    assert f"a model behind {url}" in result["target"]["description"]
    assert "attack_p" in result["attacks"]  # reads the population
    assert result["attacks"]["loss"]["auc"]["value"] > 0.7
    assert max(map(len, server.asked)) == 16


def test_a_configuration_says_the_same(folder: Path, server: ModelServer, call: Call) -> None:
    url = server.url("/v2/models/m")
    assert call("audit", url, *WORDS, "--out", "first").code == 0
    target = {"model": url, "members": "in.csv", "nonmembers": "out.csv"}
    (folder / "sub").mkdir()
    (folder / "sub" / "a.yaml").write_text(yaml.safe_dump({"target": {**target, "folder": ".."}}))
    called = call("audit", "sub/a.yaml", "--out", "second")

    assert called.code == 0, called.err
    first, second = (json.loads((folder / out / "result.json").read_text()) for out in ("first", "second"))
    assert first["attacks"] == second["attacks"]
    assert len(server.asked) == len({json.dumps(batch) for batch in server.asked})  # answers were kept

    again = call("audit", "second/config.yaml", "--out", "third")  # the saved configuration repeats the audit
    assert again.code == 0, again.err
    assert json.loads((folder / "third" / "result.json").read_text())["attacks"] == first["attacks"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("http://127.0.0.1:1/v2/models/m",), "is a model: name the records that it was trained on by --members FILE"),
        (("http://127.0.0.1:1/v2/models/m", "--members", "in.csv"), "--nonmembers FILE is missing"),
        (("http://127.0.0.1:1/v2/models/m", "--nonmembers", "in.csv"), "--members FILE is missing"),
        (("a.yaml", *WORDS), "a.yaml seems to be a configuration"),
        (("in.csv", *WORDS), "got in.csv, which seems to hold predictions"),
        (("model.pkl", *WORDS), "a pickle, which would run any code that it holds"),
        (("model.pkl",), "a pickle, which would run any code that it holds"),
        (("model.xyz", *WORDS), "cannot open the model model.xyz: expected"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--member", "x"), "--member is for a file of predictions"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--outputs", "shares"), "--outputs: expected auto, logits"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--set", "batch"), "--set expects key=value, got 'batch'"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--set", "bach=8"), "did you mean 'batch'?"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--label", "labell"), "in.csv: there is no column 'labell'"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--recipe", "r.yaml"), "r.yaml: the configuration is wrong"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--models", "3"), "models: Input should be a multiple of 2"),
        (
            ("http://127.0.0.1:1/v2/models/m", *WORDS[:2], "--nonmembers", "in.csv"),
            "both name in.csv: expected two files",
        ),
        (("http://127.0.0.1:1/x", *WORDS), "cannot tell the protocol of"),
        (("a.yaml", "--models", "4"), "--models is for a model with its records"),
        (("a.yaml", "--set", "x=4"), "--set is for a model with its records"),
        (("a.yaml", "--signal", "regression"), "--signal is for a model with its records"),
        (("b.yaml", "--attacks", "loss"), "--attacks is for a model or predictions: in a configuration, use `attacks`"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--attacks", "los,lira"), "no attack is called 'los'"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--signal", "mse"), "signal: expected regression, multi_label or"),
        (("nothing.csv", "--members", "in.csv"), "and no other file beside them but a model; got nothing.csv"),
    ],
)
def test_what_does_not_go_together_is_refused(folder: Path, call: Call, words: tuple[str, ...], message: str) -> None:
    (folder / "a.yaml").write_text("evidence: in.csv\n")
    (folder / "b.yaml").write_text("evidence: a.safetensors\n")
    (folder / "r.yaml").write_text("epochs: 3\n")
    for name in ("model.pkl", "model.xyz"):
        (folder / name).write_bytes(b"\x80\x04")
    called = call("audit", *words)

    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert called.err.count("\n") == 1


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(call: Call) -> None:
    words = ("--set", "headers={Authorization: Bearer s3cr3t}")
    called = call("audit", "http://127.0.0.1:1/v2/models/m", *WORDS, *words)

    assert called.code == 2
    assert "the header Authorization seems to hold a secret" in called.err
    assert "s3cr3t" not in called.err


def test_models_of_a_target_at_hand_are_explained(folder: Path, server: ModelServer, call: Call) -> None:
    (folder / "r.yaml").write_text("estimator: sklearn.linear_model.LogisticRegression\n")
    audited = call("audit", server.url("/v2/models/m"), *WORDS, "--recipe", "r.yaml", "--models", "2", "--out", "out")
    assert audited.code == 0, audited.err
    explained = call("store", "explain", "out/config.yaml", "--json")

    assert explained.code == 0, explained.err
    models = json.loads(explained.out)["models"]
    assert [(model["model"], model["state"]) for model in models] == [
        ("auxiliary 0", "outputs"),
        ("auxiliary 1", "outputs"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f0,label\n" + "1,0\n" * 19 + "x,1\n", "in.csv: column f0: expected numbers, as nearly all rows have them"),
        (
            "f0,f1\n1,0\n2,1\n",
            "in.csv: expected a column of the true class, got the columns f0, f1: name it by --label",
        ),
        ("f0,y,Class\n1,0,1\n2,1,1\n", "in.csv: expected a column of the true class, got y, Class, which could each"),
        ("label\n1\n0\n", "in.csv: expected columns of features beside the label 'label', got none"),
        (None, "cannot read in.csv: expected a table of records, got no such file"),
    ],
)
def test_wrong_records_are_refused(folder: Path, call: Call, text: str | None, message: str) -> None:
    (folder / "in.csv").unlink()
    if text is not None:
        (folder / "in.csv").write_text(text)
    called = call("audit", "http://127.0.0.1:1/v2/models/m", *WORDS)

    assert (called.code, called.out) == (2, "")
    assert message in called.err.replace(f"{folder}/", "")


def test_audit_and_check_take_all_that_is_said_of_a_subject() -> None:
    said = {*RecordOptions._fields, *ColumnOptions._fields, *TrainingOptions._fields, "options", "signal", "attacks"}

    for command in (audit, check):
        assert said <= set(signature(command).parameters), command


def test_own_training_code(folder: Path, server: ModelServer, call: Call) -> None:
    (folder / "fit.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n\n"
        "def train(x, y, seed):\n    return LogisticRegression(random_state=seed).fit(x, y)\n"
    )
    url = server.url("/v2/models/m")
    called = call("audit", url, *WORDS, "--train", "fit.py:train", "--models", "4")
    assert called.code == 0, called.err
    result = json.loads((folder / "m-audit" / "result.json").read_text())
    assert result["references"]["recipe"] == "by train() of fit.py"
    assert "lira" in result["attacks"]

    checked = call("check", url, *WORDS, "--train", "fit.py:train", "--models", "4")
    assert "Reference models: trained by train() of fit.py\n" in checked.out

    (folder / "recipe.yaml").write_text("estimator: sklearn.linear_model.LogisticRegression")
    for words, message in (
        (("--train", "fit.py:fit"), "there is no function fit in"),
        (("--train", "fit.py:train", "--recipe", "recipe.yaml"), "--recipe and --train both say"),
    ):
        called = call("audit", url, *WORDS, *words)
        assert (called.code, message in called.err) == (2, True), called.err
