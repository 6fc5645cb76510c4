"""`miaudit check`: what was understood, which attacks run, and what would let the others run; nothing is trained."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from model_server import ModelServer, model_server, probabilities, records
from tiny import CONFIG, Call

WORDS = ("--members", "in.csv", "--nonmembers", "out.csv", "--jobs", "1")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 20 members of class 0, and 10 non-members and 12 more records of class 1."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    x = records(42)
    for name, rows, label in (("in", slice(0, 20), 0), ("out", slice(20, 30), 1), ("more", slice(30, 42), 1)):
        lines = [",".join(map(str, [*map(float, row), label])) for row in x[rows]]
        (tmp_path / f"{name}.csv").write_text("\n".join(["a,b,c,d,e,label", *lines, ""]))
    (tmp_path / "r.yaml").write_text("estimator: sklearn.linear_model.LogisticRegression\n")
    return tmp_path


def models_in(folder: Path) -> int:
    return len(list((folder / "store").rglob("*.safetensors")))


def test_a_model_is_asked_and_nothing_is_trained(folder: Path, server: ModelServer, call: Call) -> None:
    words = (*WORDS, "--population", "more.csv", "--recipe", "r.yaml", "--models", "4")
    called = call("check", server.url("/v2/models/m"), *words, "--json")

    assert called.code == 0, called.err
    found = json.loads(called.out)
    assert (found["members"], found["nonmembers"], found["population"]) == (20, 10, 12)
    assert found["labels"] == [
        {"label": "0", "members": 20, "nonmembers": 0},
        {"label": "1", "members": 0, "nonmembers": 10},
    ]
    assert found["features"] == "5 features"
    assert found["outputs"] == "probabilities of 3 classes"
    assert found["recipe"] == "LogisticRegression, trained by the recipe that came with it"
    chances = {chance["attack"]: chance["runs"] for chance in found["attacks"]}
    usual = ("loss", "kde", "attack_p", "base_ratio", "lira", "ensemble")
    assert chances == {"label_only": False, **dict.fromkeys(usual, True)}
    assert all(chance["because"].startswith(("an attacker", "the strongest")) for chance in found["attacks"][2:])
    assert found["cost"]["to_train"] == 4
    assert found["cost"]["queries"] == "9 of 42 records will be sent, in 1 request"
    assert server.records_asked == 41  # 32 of them to find out what it answers, 8 twice, and the first
    assert models_in(folder) == 0


def test_the_answer_about_one_record_is_shown(server: ModelServer, call: Call) -> None:
    called = call("check", server.url("/v2/models/m"), *WORDS)

    assert called.code == 0, called.err
    (line,) = (line for line in called.out.splitlines() if line.startswith("Outputs: "))
    place = line.partition("record ")[2].partition(" ")[0]
    part, row = place.split(":")
    answer = probabilities(records(42)[[int(row) + (0 if part == "members" else 20)]])[0]
    assert f"it says {answer.argmax()}, with the probability {answer.max():.3f}" in line


def test_attacks_that_do_not_run_say_what_would_let_them(server: ModelServer, call: Call) -> None:
    found = json.loads(call("check", server.url("/v2/models/m"), *WORDS, "--json").out)

    chances = {chance["attack"]: chance for chance in found["attacks"]}
    assert chances["loss"]["runs"]
    assert not chances["lira"]["runs"]
    assert "--recipe FILE" in chances["lira"]["unlocked_by"]
    assert "--population FILE" in chances["attack_p"]["unlocked_by"]
    assert (chances["attack_p"]["lacks"], found["recipe"]) == ("needs population records that no model saw", "")


def test_predictions(folder: Path, call: Call) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(3), size=20)
    lines = [",".join(map(str, [i % 3, int(i < 8), *row])) for i, row in enumerate(p)]
    (folder / "p.csv").write_text("\n".join(["label,member,p0,p1,p2", *lines, ""]))
    called = call("check", "p.csv")

    assert called.code == 0, called.err
    assert "Records: 8 members, 12 non-members" in called.out
    assert "Outputs: probabilities of 3 classes" in called.out
    assert "docs/evidence.md" in called.out


def test_one_reference_model_lets_the_attacks_run_that_need_no_shadow(folder: Path, call: Call) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(3), size=(20, 2)).reshape(20, 6)
    lines = [",".join(map(str, [i % 3, int(i < 8), *row])) for i, row in enumerate(p)]
    (folder / "p.csv").write_text("\n".join(["label,member,p0,p1,p2,ref0_p0,ref0_p1,ref0_p2", *lines, ""]))
    chances = {chance["attack"]: chance for chance in json.loads(call("check", "p.csv", "--json").out)["attacks"]}

    assert chances["base_ratio"]["runs"]
    assert chances["ensemble"]["lacks"] == "needs shadow models to learn on, and there are none"
    assert "add outputs of models trained with and without the records" in chances["ensemble"]["unlocked_by"]


def test_the_usual_configuration_is_checked_where_nothing_is_named(folder: Path, call: Call) -> None:
    missing = call("check")
    (folder / "audit.yaml").write_text(yaml.safe_dump(CONFIG))
    found = call("check", "--json")

    assert (missing.code, "there is no audit.yaml here either" in missing.err) == (2, True)
    assert found.code == 0, found.err
    assert json.loads(found.out)["answer"] == ""  # the model is not there yet
    assert models_in(folder) == 0


def test_each_audit_of_compared_defences_is_checked(folder: Path, call: Call) -> None:
    (folder / "a.yaml").write_text(yaml.safe_dump({**CONFIG, "defences": ["l2"], "attacker": "knows"}))
    found = json.loads(call("check", "a.yaml", "--json").out)

    assert [each["audit"] for each in found] == ["none, attackers: knows", "l2, attackers: knows"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing.csv",), "missing.csv"),
        (("http://127.0.0.1:1/v2/models/m",), "--members FILE"),
        (("in.csv",), "in.csv"),
        (("http://127.0.0.1:1/v2/models/m", *WORDS, "--set", "attempts=1"), "127.0.0.1:1"),
    ],
)
def test_what_is_wrong_is_told_in_one_message(call: Call, words: tuple[str, ...], message: str) -> None:
    called = call("check", *words)

    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert called.err.count("\n") == 1
