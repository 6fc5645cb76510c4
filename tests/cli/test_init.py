"""`miaudit init`: what lies in a folder becomes a configuration that `check` understands, and nothing is replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from miaudit.cli.drafting import Told, drafted
from miaudit.cli.found import look_around, role_of
from miaudit.config import parse_config
from model_server import ModelServer, model_server
from tiny import Call

PREDICTIONS = "label,member,p0,p1\n" + "0,1,0.9,0.1\n1,0,0.4,0.6\n" * 10
RECORDS, OTHERS = (
    "a,b,c,d,e,{}\n" + "".join(f"{i},{i % 5},1,{i * 0.5},0,{i % 2}\n" for i in range(first, first + 24))
    for first in (0, 24)
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / ".store"))
    return tmp_path


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


class Answers:
    """Answers questions from a list, and notes them; the usual answer where the list has None."""

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def __call__(self, question: str, usual: str) -> str:
        self.asked.append(question)
        answer = self.answers.pop(0)
        return usual if answer is None else answer


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text)


def draft(told: Told | None = None, out: str = "audit.yaml", ask: Answers | None = None) -> dict[str, object]:
    content = yaml.safe_load(drafted(told or Told(), Path(out), ask))
    parse_config(content)  # all that is written is understood
    assert isinstance(content, dict)
    return content


def test_a_model_by_flag_with_records_that_are_found_is_checked(folder: Path, server: ModelServer, call: Call) -> None:
    write(folder, train=RECORDS.format("Class"), test=OTHERS.format("Class"), public=RECORDS.format("Class"))
    called = call("init", server.url("/v2/models/m"))

    assert called.code == 0, called.err
    content = yaml.safe_load((folder / "audit.yaml").read_text())
    records = {"members": "train.csv", "nonmembers": "test.csv", "population": "public.csv", "label": "Class"}
    assert content == {"target": {"model": server.url("/v2/models/m"), **records}}
    checked = call("check")
    assert checked.code == 0, checked.err
    assert "Records: 24 members, 24 non-members, 24 of a population" in checked.out


def test_an_existing_file_stays(folder: Path, call: Call) -> None:
    write(folder, p=PREDICTIONS)
    (folder / "audit.yaml").write_text("mine")
    called = call("init")

    assert called.code == 2
    assert "audit.yaml is there already, and is not replaced: choose another --out" in called.err
    assert (folder / "audit.yaml").read_text() == "mine"


def test_predictions_are_recognised_in_one_file_and_in_two(folder: Path, call: Call) -> None:
    write(folder, p=PREDICTIONS)
    assert draft() == {"evidence": "p.csv"}
    assert draft(out="sub/a.yaml") == {"evidence": "../p.csv"}
    assert call("init", "--out", "sub/a.yaml").code == 0
    assert call("check", "sub/a.yaml").code == 0

    (folder / "p.csv").unlink()
    write(folder, p_train="y,p0,p1\n0,0.9,0.1\n1,0.2,0.8\n", p_test="y,p0,p1\n0,0.4,0.6\n1,0.3,0.7\n")
    assert draft() == {"evidence": "p_train.csv", "nonmembers": "p_test.csv"}


def test_records_alone_train_a_model(folder: Path, call: Call) -> None:
    write(folder, adult=RECORDS.format("outcome"))
    content = draft()

    assert content["dataset"] == {"name": "user_file", "path": "adult.csv", "label": "outcome"}
    (folder / "audit.yaml").write_text(yaml.safe_dump(content))
    assert call("check").code == 0


def test_records_of_both_kinds_ask_for_the_model(folder: Path) -> None:
    write(folder, train=RECORDS.format("y"), holdout=RECORDS.format("y"))

    text = drafted(Told(), Path("audit.yaml"))
    assert "  model: model.onnx  # not clear from what lies here: write its name" in text
    assert yaml.safe_load(text)["target"]["nonmembers"] == "holdout.csv"


def test_several_label_columns_are_named_in_a_comment(folder: Path) -> None:
    write(folder, train="y,class,a\n0,1,2\n", test="y,class,a\n0,1,2\n")
    text = drafted(Told(model="https://host/v2/models/m"), Path("audit.yaml"))

    assert "  # The column of the true class. These have such a name: y, class." in text
    assert "label" not in yaml.safe_load(text)["target"]


def test_tables_that_could_each_be_meant_are_listed(folder: Path) -> None:
    write(folder, train_a=RECORDS.format("y"), train_b=RECORDS.format("y"), test=RECORDS.format("y"))
    text = drafted(Told(model="https://host/v2/models/m"), Path("audit.yaml"))

    assert "  # Tables found here: test.csv, train_a.csv, train_b.csv." in text
    assert "  members: members.csv  # not clear from what lies here: write its name" in text


def test_paths_start_from_here_where_the_file_lies_elsewhere(folder: Path) -> None:
    write(folder, train=RECORDS.format("y"), test=RECORDS.format("y"))
    target = draft(Told(model="net.py:make?weights=w.pt"), out="configs/a.yaml")["target"]

    assert isinstance(target, dict)
    assert (target["folder"], target["model"], target["members"]) == ("..", "net.py:make?weights=w.pt", "train.csv")


def test_what_cannot_be_told_is_asked_in_few_questions(folder: Path) -> None:
    write(folder, a=RECORDS.format("z"), b=RECORDS.format("z"))
    ask = Answers("https://host/v2/models/m", "a.csv", "b.csv", "z")
    target = draft(ask=ask)["target"]

    assert target == {"model": "https://host/v2/models/m", "members": "a.csv", "nonmembers": "b.csv", "label": "z"}
    assert len(ask.asked) == 4

    no_model = Answers("", "b.csv", "z")
    content = draft(ask=no_model)
    assert content["dataset"] == {"name": "user_file", "path": "b.csv", "label": "z"}


def test_an_empty_folder_gives_a_template(folder: Path, call: Call) -> None:
    assert call("init").code == 0  # no terminal: nothing is asked
    checked = call("check")

    assert checked.code == 2
    assert "no such file" in checked.err


def test_hidden_files_results_and_names_that_are_no_addresses_are_passed_over(folder: Path) -> None:
    write(folder, train=RECORDS.format("y"), **{"odd?name": "x"})
    for name in (".hidden", "results", "data"):
        (folder / name).mkdir()
        (folder / name / "scores.csv").write_text(PREDICTIONS)
    (folder / "results" / "manifest.json").write_text("{}")

    assert look_around(folder).tables == ("data/scores.csv", "odd?name.csv", "train.csv")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("X_train.csv", "members"),
        ("non-members.parquet", "nonmembers"),
        ("nonmembers.npz", "nonmembers"),
        ("training2.csv", "members"),
        ("test.csv", "nonmembers"),
        ("latest.csv", None),
        ("population.feather", "population"),
    ],
)
def test_names_suggest_roles(name: str, role: str | None) -> None:
    assert role_of(name) == role
