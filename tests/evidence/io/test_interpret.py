"""Predictions as R, pandas and spreadsheets write them: read as the documented form is, or refused with advice."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaudit.errors import UserError
from miaudit.evidence.io.file import read_evidence

LABELS, MEMBER = [1, 0, 2, 1, 0, 2], [1, 0, 1, 0, 1, 0]
P = np.array([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.125, 0.25, 0.625], [0.1, 0.8, 0.1], [0.5, 0.25, 0.25], [0, 0, 1]])
CLASSES = ("setosa", "versicolor", "virginica")


def table(names: str, labels: list[object], member: list[object], p: object = P, separator: str = ",") -> str:
    rows = [[y, m, *np.atleast_1d(row)] for y, m, row in zip(labels, member, np.asarray(p), strict=True)]
    return "\n".join([names, *(separator.join(map(str, row)) for row in rows)]) + "\n"


def loss(folder: Path, text: str) -> tuple[list[float], list[str]]:
    path = folder / "t.csv"
    path.write_text(text)
    told: list[str] = []
    evidence, truth, _ = read_evidence(path, told.append)
    assert truth is not None
    assert truth.tolist() == [bool(m) for m in MEMBER]
    return evidence.audit.target("loss").tolist(), told


@pytest.fixture
def expected(tmp_path: Path) -> list[float]:
    """The losses of the documented form, of which nothing is told."""
    found, told = loss(tmp_path, table("label,member,p0,p1,p2", [*LABELS], [*MEMBER]))
    assert told == []
    return found


NAMED = [CLASSES[y] for y in LABELS]
NUMBERED = table("id,label,member,p0,p1,p2", [f"{i},{y}" for i, y in enumerate(LABELS)], [*MEMBER])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            table("label;member;p0;p1;p2", [*LABELS], [*MEMBER], separator=";").replace(".", ","),
            "Columns are separated by semicolons and numbers have a decimal comma.",
        ),
        (table("label\tmember\tp0\tp1\tp2", [*LABELS], [*MEMBER], separator="\t"), "Columns are separated by tabs."),
        *(
            (NUMBERED.replace("id", name, 1), f"The first column, {name.strip(chr(34))!r}, holds names of the rows")
            for name in ('""', "X", "Unnamed: 0", "...1")
        ),
        (
            table("label,member,setosa,versicolor,virginica", [*NAMED], [*MEMBER]),
            "Probabilities are in the columns setosa, versicolor, virginica, which are matched to the labels by name.",
        ),
        (
            table("label,member,virginica,setosa,versicolor", [*NAMED], [*MEMBER], P[:, [2, 0, 1]]),
            "Probabilities are in the columns virginica, setosa, versicolor",
        ),
        (
            table(".pred_setosa,.pred_versicolor,.pred_virginica".join(["label,member,", ""]), [*NAMED], [*MEMBER]),
            "Probabilities are in the columns .pred_setosa",
        ),
        (table("label,member,0,1,2", [*LABELS], [*MEMBER]), "Probabilities are in the columns 0, 1, 2"),
        (
            table("label,member,p1,p2,p3", [y + 1 for y in LABELS], [*MEMBER]),
            "Classes are numbered from 1, in the labels and in the columns p1 to p3.",
        ),
        *(
            (
                table("label,member,p0,p1,p2", [*LABELS], [(no, yes)[m] for m in MEMBER]),
                f"Column 'member' has {first!r} for",
            )
            for yes, no, first in (("train", "test", "test"), ("Yes", "No", "No"), ("T", "F", "F"), ("in", "out", "in"))
        ),
    ],
)
def test_other_ways_to_write_the_same(tmp_path: Path, expected: list[float], text: str, told: str) -> None:
    found, said = loss(tmp_path, text)
    np.testing.assert_allclose(found, expected)
    assert len(said) == 1
    assert said[0].startswith(told)


@pytest.mark.parametrize("name", ["p", "p1"])
def test_one_column_of_a_binary_model(tmp_path: Path, name: str) -> None:
    labels, p = [1, 0, 1, 1, 0, 0], [0.9, 0.2, 0.6, 0.5, 0.1, 0.3]
    found, said = loss(tmp_path, table(f"label,member,{name}", [*labels], [*MEMBER], p))
    np.testing.assert_allclose(found, np.log([0.9, 0.8, 0.6, 0.5, 0.9, 0.7]))
    assert said == [f"Column '{name}' holds the probability of class 1, and 1 - {name} that of 0."]


def test_references_have_columns_of_the_same_names(tmp_path: Path, expected: list[float]) -> None:
    head = ",".join(["label", "member", *CLASSES, *(f"ref0_{name}" for name in CLASSES)])
    path = tmp_path / "t.csv"
    path.write_text(table(head, [*NAMED], [*MEMBER], np.hstack([P, P])))
    np.testing.assert_allclose(read_evidence(path).evidence.audit.references("loss")[0], expected)


def test_parquet_is_read_alike(tmp_path: Path, expected: list[float]) -> None:
    path = tmp_path / "t.parquet"
    columns = {"label": pa.array(NAMED).dictionary_encode(), "member": pa.array(["train", "test"] * 3)}
    pq.write_table(pa.table(columns | {name: P[:, c] for c, name in enumerate(CLASSES)}), path)
    told: list[str] = []
    np.testing.assert_allclose(read_evidence(path, told.append).evidence.audit.target("loss"), expected)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            table("label,member,p1,p2,p3", [0, 4, 2, 0, 1, 4], [*MEMBER]),
            "expected labels 1 to 3 .*; number both from 0.*--probabilities 'p1=CLASS",
        ),
        (
            table("label,member,p", [2, 1, 2, 2, 1, 1], [*MEMBER], P[:, 0]),
            "expected labels 0 and 1 beside the one column",
        ),
        (table("label,member,p", [*NAMED], [*MEMBER], P[:, 0]), "write a column of probabilities for each class"),
        (table("label,member,p0", [0, 1] * 3, [*MEMBER], P[:, 0]), "expected a column 'p1'"),
        (
            table("label,member,setosa,versicolor,other", [*NAMED], [*MEMBER]),
            "no column is named after the labels either",
        ),
        (table("label,member,p0,p1,p2", [*NAMED], [*MEMBER]), "name the columns of probabilities after them"),
        (table("label,member,p0,p1,p2", [*LABELS], ["maybe"] * 6), "these words are read, too: yes, no, train, test"),
        (table("lab,member,p0,p1,p2", [*LABELS], [*MEMBER]), "expected a column 'label' .*, got lab, .*--label COLUMN"),
        (table("label,member,p0,p999999999", [*LABELS], [*MEMBER], P[:, :2]), "number the classes from 0"),
        (table("label,member,p0,p1,ref99999999_p0", [*LABELS], [*MEMBER]), "numbered from 0 without a gap"),
    ],
)
def test_what_may_mean_two_things_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        read_evidence(path)


def test_thousands_of_columns_and_of_shadows_are_read_in_no_time(tmp_path: Path) -> None:
    """Columns are looked up by name, and rows are put to their panels once: neither takes time by the square."""
    n, R, C, S = 6, 400, 10, 2000
    names = [f"p{c}" for c in range(C)] + [f"ref{r}_p{c}" for r in range(R) for c in range(C)]
    path = tmp_path / "t.csv"
    path.write_text(table(",".join(["label", "member", *names]), [*LABELS], [*MEMBER], np.full((n, len(names)), 0.1)))
    evidence = read_evidence(path).evidence
    assert evidence.audit.n_references == R
    rows = [f"{i % 2},{i // 2 % 2},shadow.{s},0.5,0.5" for s in range(S) for i in range(4)]
    path.write_text("\n".join(["label,member,panel,p0,p1", "0,1,audit,0.5,0.5", "1,0,audit,0.5,0.5", *rows]))
    assert len(read_evidence(path).evidence.shadows) == S
