"""Tables whose columns are named by the user or have roles of their own; files of members and of non-members."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence.io.file import open_evidence
from miaudit.evidence.io.opened import Opened
from miaudit.reading.hints import Hints

P = [0.9, 0.2, 0.6, 0.4]
HEAD = "label,member,p0,p1"
ROWS = [f"{i % 2},{i // 2}" for i in range(4)]


def opened(folder: Path, head: str, rows: list[str], **said: Any) -> Opened:
    path = folder / "t.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return open_evidence(path, hints=Hints(**said))


def losses(found: Opened) -> list[float]:
    return [round(float(p), 6) for p in np.exp(found.loaded.evidence.audit.target("loss"))]


def members(found: Opened) -> list[bool]:
    assert found.loaded.truth is not None
    return found.loaded.truth.tolist()


@pytest.mark.parametrize(
    ("head", "rows", "said", "expected"),
    [
        ("label,member,p", [f"{r},{p}" for r, p in zip(ROWS, P, strict=True)], {}, [0.1, 0.2, 0.4, 0.4]),
        (
            "label,member,a,b",
            [f"{r},{p},{1 - p}" for r, p in zip(ROWS, P, strict=True)],
            {"probabilities": ("a", "b")},
            [0.9, 0.8, 0.6, 0.6],
        ),
        (
            "label,member,a,b",
            [f"{r},{p},{1 - p}" for r, p in zip(ROWS, P, strict=True)],
            {"probabilities": ("b=0", "a=1")},
            [0.1, 0.2, 0.4, 0.4],
        ),
        (
            "label,member,x",
            [f"{r},{p}" for r, p in zip(ROWS, P, strict=True)],
            {"probabilities": ("x=0",)},
            [0.9, 0.8, 0.6, 0.6],
        ),
        (
            "label,member,x",
            [f"{r},{100 * p}" for r, p in zip(ROWS, P, strict=True)],
            {"probabilities": ("x=1",), "outputs": "percent"},
            [0.1, 0.2, 0.4, 0.4],
        ),
        (
            "label,member,prediction,p",
            [f"{r},{int(p > 0.5)},{p}" for r, p in zip(ROWS, P, strict=True)],
            {"outputs": "labels"},
            [0.25, 0.25, 0.25, 0.25],  # all are wrong; a class that is not predicted has the floor
        ),
    ],
)
def test_what_the_user_says_is_read(
    tmp_path: Path, head: str, rows: list[str], said: dict[str, Any], expected: list[float]
) -> None:
    assert losses(opened(tmp_path, head, rows, **said)) == expected


@pytest.mark.parametrize(
    ("words", "value", "expected"),
    [
        (("train", "train", "validation", "test"), "split=train", [True, True, False, False]),
        (("1", "1", "2", "2"), "split=2", [False, False, True, True]),
        (("a", "b", "b", "b"), "split=a", [True, False, False, False]),
    ],
)
def test_the_value_of_members_is_said(tmp_path: Path, words: tuple[str, ...], value: str, expected: list[bool]) -> None:
    rows = [f"0,{word},0.5,0.5" for word in words]
    assert members(opened(tmp_path, "label,split,p0,p1", rows, member=value)) == expected


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("train", ("1", "0"), [True, False]),
        ("test", ("1", "0"), [False, True]),
        ("holdout", ("TRUE", "FALSE"), [False, True]),
        ("holdout", ("train", "holdout"), [True, False]),
        ("test", ("Train", "Test"), [True, False]),
        ("test", ("no", "yes"), [True, False]),
        ("part", ("Training", "Testing"), [True, False]),
        ("anything", ("train", "test"), [True, False]),
        ("In.Sample", ("Y", "N"), [True, False]),
    ],
)
def test_columns_of_the_membership(tmp_path: Path, name: str, words: tuple[str, ...], expected: list[bool]) -> None:
    assert members(opened(tmp_path, f"label,{name},p0,p1", [f"0,{word},0.5,0.5" for word in words])) == expected


@pytest.mark.parametrize(
    ("head", "row", "message"),
    [
        ("label,set,split,p0,p1", "0,train,test,0.5,0.5", "set, split could each tell .*: name one by --member COLUMN"),
        (
            "y,target,member,p0,p1",
            "0,1,1,0.5,0.5",
            "y, target could each be the true class: name one by --label",
        ),
        ("label,member,prob_0,prob_1,p0,p1", "0,1,0.5,0.5,0.4,0.6", "could each hold the outputs .*--probabilities"),
        ("label,split,p0,p1", "0,validation,0.5,0.5\n1,train,0.5,0.5", "got 'validation'; .* by --member split=VALUE"),
        ("label,split,p0,p1", "0,1,0.5,0.5\n1,2,0.5,0.5", "got 1 and 2, of which .* by --member split=1"),
        ("label,member,p", "0,1,7.5\n1,0,0.5", "may be per cent or logits; say which by --outputs percent"),
        ("label,member,predicted,prob", "0,1,1,0.75\n1,0,1,0.5", "by --probabilities 'prob=CLASS', or by --outputs"),
        ("label,member,predicted,conf,score", "0,1,2,0.7,3\n1,0,1,0.5,2\n2,0,1,0.5,2", "say --outputs labels"),
    ],
)
def test_what_could_be_either_names_an_option(tmp_path: Path, head: str, row: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        opened(tmp_path, head, [row])


def test_the_confidence_of_one_of_two_classes(tmp_path: Path) -> None:
    """Never below a half, whichever class is predicted: it is that of the predicted class."""
    rows = ["no,1,no,0.9", "yes,1,no,0.6", "no,0,yes,0.75", "yes,0,yes,0.5"]
    assert losses(opened(tmp_path, "label,member,predicted,prob", rows)) == [0.9, 0.4, 0.25, 0.5]
    below = ["no,1,no,0.1", "yes,1,no,0.4", "no,0,yes,0.75", "yes,0,yes,0.5"]
    assert losses(opened(tmp_path, "label,member,predicted,prob", below)) == [0.9, 0.4, 0.25, 0.5]


def test_classes_without_records_and_columns_beside(tmp_path: Path) -> None:
    """Columns that no label names belong to the outputs if the rows sum to 1 with them only."""
    rows = ["a,1,0.2,0.3,0.5,0.1", "b,0,0.2,0.3,0.5,0.9"]
    found = opened(tmp_path, "label,member,a,b,c", [row.rpartition(",")[0] for row in rows])
    assert found.understood is not None
    assert found.understood.classes == ("a", "b", "c")
    assert losses(found) == [0.2, 0.3]
    beside = opened(tmp_path, "label,member,a,b,age", ["a,1,0.25,0.75,40", "b,0,0.5,0.5,50"])
    assert beside.understood is not None
    assert (beside.understood.columns, beside.understood.kept) == (("a", "b"), ("age",))


def test_two_files_with_ids_of_their_own(tmp_path: Path) -> None:
    for name, p in (("train", 0.25), ("test", 0.5)):
        (tmp_path / f"{name}.csv").write_text(f"id,y,p0,p1,{name}_only\n0,0,{p},{1 - p},x\n1,1,{p},{1 - p},y\n")
    said: list[str] = []
    found = open_evidence(tmp_path / "train.csv", said.append, nonmembers=tmp_path / "test.csv")
    assert members(found) == [True, True, False, False]
    assert losses(found) == [0.25, 0.75, 0.5, 0.5]
    assert found.loaded.ids.tolist() == [0, 1, 2, 3]
    assert list(found.further) == ["id in the file"]
    assert any("Left out, as only one of the files has them: train_only, test_only." in line for line in said)
    assert any("Both files have the same ids" in line for line in said)
    assert not any("marks the members" in line for line in said)  # no column does
    alone = open_evidence(tmp_path / "train.csv")
    assert alone.digest != found.digest


def test_two_files_that_do_not_go_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("label,p0,p1\n0,0.5,0.5\n")
    (tmp_path / "b.csv").write_text("klasse,q\n0,0.5\n")
    with pytest.raises(UserError, match="share no column: expected predictions of one model, written alike"):
        open_evidence(tmp_path / "a.csv", nonmembers=tmp_path / "b.csv")
    with pytest.raises(UserError, match="expected two files or --member, got both"):
        open_evidence(tmp_path / "a.csv", hints=Hints(member="m"), nonmembers=tmp_path / "b.csv")


def test_what_is_wrong_in_two_files_is_found_in_the_right_one(tmp_path: Path) -> None:
    """Messages speak of the joined rows, so they say which of them each file has, and which columns only one has."""
    first, second = tmp_path / "train.csv", tmp_path / "test.csv"
    first.write_text("label,p0,p1,p2\n0,0.5,0.25,0.25\n1,0.5,0.25,0.25\n2,0.25,0.5,0.25\n")
    second.write_text("label,p0,p1,p2\n0,0.5,0.25,0.25\n3,0.5,0.25,0.25\n")
    places = rf"{first} \(rows 1 to 3, records 0 to 2\) and {second} \(rows 4 to 5, records 3 to 4\)"
    with pytest.raises(UserError, match=rf"^{places}: .* got 3 at record 4"):
        open_evidence(first, nonmembers=second)
    second.write_text("label,p0,p1,q2\n0,0.5,0.25,0.25\n")
    with pytest.raises(UserError, match=r"of which only one has p2, q2: .*expected rows that sum to 1"):
        open_evidence(first, nonmembers=second)
    second.write_text("klasse,p0,p1,p2\n0,0.5,0.25,0.25\n")
    with pytest.raises(UserError, match=r"only one has label, klasse: expected a column 'label' .* got p0, p1, p2; "):
        open_evidence(first, nonmembers=second)


def test_the_same_table_twice_is_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "train.csv", tmp_path / "copy.csv"
    for path in (first, second):
        path.write_text("label,p0,p1\n0,0.5,0.5\n1,0.25,0.75\n")
    with pytest.raises(UserError, match=r"hold the same table: expected predictions on records that the model was"):
        open_evidence(first, nonmembers=second)
    second.write_text("label,p0,p1\n0,0.5,0.5\n1,0.5,0.5\n")
    assert members(open_evidence(first, nonmembers=second)) == [True, True, False, False]


def test_options_name_columns_of_two_files_as_the_files_do(tmp_path: Path) -> None:
    first, second = tmp_path / "train.csv", tmp_path / "test.csv"
    first.write_text("id,label,p0,p1\n0,0,0.5,0.5\n1,1,0.25,0.75\n")
    second.write_text("id,label,p0,p1\n0,1,0.5,0.5\n1,1,0.25,0.75\n")
    with pytest.raises(UserError, match=r"expected an id of its own for every record, got 0 "):
        open_evidence(first, hints=Hints(ids="id"), nonmembers=second)
    with pytest.raises(UserError, match=r"there is no column 'zzz': expected one of id, label, p0, p1$"):
        open_evidence(first, hints=Hints(ids="zzz"), nonmembers=second)


def test_arrays_beside_a_table(tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", [0, 1, 1])
    with pytest.raises(UserError, match=r"--label .*y\.npy: expected one value for each of the 4 records, got 3 rows"):
        opened(tmp_path, HEAD, [f"{row},0.5,0.5" for row in ROWS], label=str(tmp_path / "y.npy"))


def test_hints_make_other_evidence_of_the_same_file(tmp_path: Path) -> None:
    rows = [f"{row},0.5,0.5" for row in ROWS]
    plain, hinted = opened(tmp_path, HEAD, rows), opened(tmp_path, HEAD, rows, member="member=0")
    assert plain.digest != hinted.digest
    assert members(plain) == [not member for member in members(hinted)]


def test_columns_of_tensors_cannot_be_named(tmp_path: Path) -> None:
    (tmp_path / "e.safetensors").write_bytes(b"x")
    with pytest.raises(UserError, match="options on columns and a second file are for tables"):
        open_evidence(tmp_path / "e.safetensors", hints=Hints(label="y"))


def test_a_yes_among_non_members_is_told_as_it_was_read(tmp_path: Path) -> None:
    rows = ["0,no,0.5,0.5", "0,yes,0.5,0.5"]
    (tmp_path / "p.csv").write_text("\n".join(["label,test,p0,p1", *rows]) + "\n")
    told: list[str] = []
    open_evidence(tmp_path / "p.csv", told.append)
    assert "Column 'test' has 'no' for a member, 'yes' for a non-member." in " ".join(told)
