"""Files of predictions on the command line: one or two, with options on their columns."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from acceptance.predicted import AGE, CLASSES, LOSS3, NAMES, TRAIN_TEST, N, P, halves, split, text_of
from miaudit.cli.predictions import files_of, is_evidence
from miaudit.errors import UserError
from tiny import Call

TABLE = {"patient_id": [f"PAT-{i}" for i in range(N)], "Species": NAMES, "part": TRAIN_TEST, "age": AGE}
TABLE |= {f"prob_{name}": P[:, c] for c, name in enumerate(CLASSES)}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    return tmp_path


def test_what_was_understood_is_printed_and_stored(folder: Path, call: Call) -> None:
    (folder / "t.csv").write_text(text_of(TABLE))
    (folder / "a.yaml").write_text("evidence: t.csv\nattacks: [loss]\nreading: {ids: patient_id}\n")
    called = call("audit", "a.yaml", "--out", "out", "--jobs", "1")
    assert called.code == 0, called.err
    assert called.out.count("Read as:") == 3
    result = json.loads((folder / "out" / "result.json").read_text())
    read = result["provenance"]["predictions"]
    assert read["outputs"] == [f"prob_{name}" for name in CLASSES]
    assert (read["label"], read["member"], read["ids"]) == ("Species", "part", "patient_id")
    assert (read["kept"], read["form"]) == (["age"], "probabilities")
    assert result["target"]["class_names"] == list(CLASSES) == read["classes"]
    assert len(result["read_as"]) == 3
    assert ": setosa, versicolor, virginica" in (folder / "out" / "report.html").read_text()
    scores = pq.read_table(folder / "out" / "scores.parquet")
    assert scores["class"].to_pylist() == NAMES
    assert scores["column.age"].to_pylist() == [str(age) for age in AGE]
    assert scores["id"].to_pylist() == TABLE["patient_id"]
    np.testing.assert_allclose(scores["signal.loss"].to_numpy(), LOSS3)


def test_two_files(folder: Path, call: Call) -> None:
    for name, part in zip(("train", "test"), split(TABLE), strict=True):
        (folder / f"{name}.csv").write_text(text_of({key: column for key, column in part.items() if key != "part"}))
    words = ("--members", "train.csv", "--nonmembers", "test.csv", "--out", "s.parquet")
    called = call("score", "--attack", "loss", *words)
    assert called.code == 0, called.err
    scores = pq.read_table(folder / "s.parquet")
    np.testing.assert_allclose(scores["score"].to_numpy(), halves(LOSS3))
    assert scores["member"].to_pylist() == [True] * (N // 2) + [False] * (N // 2)
    audited = call("audit", *words[:-1], "out", "--jobs", "1")
    assert audited.code == 0, audited.err
    config = (folder / "out" / "config.yaml").read_text()
    assert "nonmembers: " in config


def test_what_is_ambiguous_names_an_option_that_settles_it(folder: Path, call: Call) -> None:
    (folder / "t.csv").write_text(text_of({**TABLE, "truth": NAMES, "class": NAMES, "set": TRAIN_TEST}))
    words = ["score", "t.csv", "--attack", "loss", "--out", "s.csv"]
    first = call(*words)
    assert first.code == 2
    assert "the columns part, set could each tell which records are members: name one by --member" in first.err
    second = call(*words, "--member", "set=train")
    assert "the columns truth, class could each be the true class: name one by --label" in second.err
    third = call(*words, "--member", "set=train", "--label", "truth")
    assert third.code == 0, third.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--label", "Spezies"), "--label: there is no column 'Spezies': did you mean 'Species'?"),
        (("--member", "part=TRAIN"), "--member part=TRAIN: expected the value of the members in column 'part'"),
        (
            ("--outputs", "odds"),
            "--outputs: expected probabilities, percent, logits, log_probabilities, labels, loss or score",
        ),
        (("--probabilities", "age,prob_setosa"), "--probabilities: expected COLUMN=CLASS for each column"),
        (("--members", "t.csv"), "expected --members FILE and --nonmembers FILE together, and no other file"),
    ],
)
def test_wrong_options(folder: Path, call: Call, words: tuple[str, ...], message: str) -> None:
    (folder / "t.csv").write_text(text_of(TABLE))
    called = call("score", "t.csv", "--attack", "loss", "--out", "s.csv", *words)
    assert called.code == 2
    assert message in called.err


def test_options_on_columns_are_not_for_configurations(folder: Path, call: Call) -> None:
    (folder / "a.yaml").write_text("evidence: t.csv\n")
    called = call("audit", "a.yaml", "--label", "y")
    assert called.code == 2
    assert "in a configuration, use `reading`" in called.err


def test_json_is_a_configuration_by_its_first_key(folder: Path) -> None:
    (folder / "a.json").write_text('{"evidence": "t.csv"}')
    (folder / "t.json").write_text('{"label": [1, 0]}')
    (folder / "r.json").write_text('[{"label": 1}]')
    found = {name: is_evidence(Path(name)) for name in ("a.json", "t.json", "r.json", "x.xlsx", "a.yaml")}
    assert found == {"a.json": False, "t.json": True, "r.json": True, "x.xlsx": True, "a.yaml": False}


def test_a_file_is_needed() -> None:
    with pytest.raises(UserError, match="expected a file, or --members FILE and --nonmembers FILE"):
        files_of(None, None, None)


def test_a_table_of_losses_is_audited_to_the_page(folder: Path, call: Call) -> None:
    rng = np.random.default_rng(0)
    member, inside = rng.permutation(np.arange(200) % 2), rng.permuted(np.tile([[0], [1]], (6, 200)), axis=0)
    mean = rng.normal(size=200)
    models = [np.logaddexp(0, -(mean + rng.normal(size=200) / 2 + 2 * seen)) for seen in (member, *inside)]
    table = {"member": member, "y": mean.round(3), "loss": models[0]}
    for r, (losses, seen) in enumerate(zip(models[1:], inside, strict=True)):
        table |= {f"ref{r}_loss": losses, f"ref{r}_in": seen}
    (folder / "t.csv").write_text(text_of({name: list(column) for name, column in table.items()}))
    called = call("audit", "t.csv", "--out", "out", "--jobs", "1")
    assert called.code == 0, called.err
    result = json.loads((folder / "out" / "result.json").read_text())
    assert result["verdict"]["level"] == "leaks"
    assert (result["target"]["classes"], result["target"]["outputs"]) == (0, "loss")
    assert result["target"]["train_accuracy"]["value"] is None
    assert set(result["controls"]["likeness"]["measured"]) == {"loss_own", "loss_other"}
    assert "an output for every class" in result["skipped"]["label_only"]
    assert result["attacks"]["lira"]["auc"]["value"] > 0.9
    assert (result["controls"]["blind"]["columns"], result["controls"]["blind"]["wins"]) == (1, False)
    assert result["provenance"]["predictions"]["form"] == "loss"
    page = (folder / "out" / "report.html").read_text()
    assert "one loss per record" in page
    assert "Accuracy, training" not in page
    scores = pq.read_table(folder / "out" / "scores.parquet")
    np.testing.assert_allclose(scores["loss"].to_numpy(), -models[0])
    np.testing.assert_allclose(scores["column.y"].to_numpy().astype(float), table["y"])
    checked = call("check", "t.csv")
    assert "Outputs: one loss per record" in checked.out
    assert "Records: 100 members, 100 non-members" in checked.out
    again = call("audit", "out/evidence.safetensors", "--out", "again", "--jobs", "1")
    assert again.code == 0, again.err
    found = json.loads((folder / "again" / "result.json").read_text())
    assert found["attacks"]["lira"]["auc"] == result["attacks"]["lira"]["auc"]
