"""Evidence as CSV or Parquet: the same evidence as in tensors, and the same checks."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from evidence_files import assert_same, full, saved
from miaudit.errors import UserError
from miaudit.evidence.io.file import open_evidence, read_evidence

Columns = dict[str, list[Any]]


def columns(rng: np.random.Generator) -> Columns:
    """Audit with unknown members, a shadow, two references, two classes."""
    p, q = rng.random(7), rng.random((2, 7))
    table: Columns = {
        "label": [0, 1, 1, 0, 1, 0, 1],
        "panel": ["audit"] * 3 + ["shadow.0"] * 4,
        "member": [None, None, None, 1, 0, 1, 0],
        "p0": list(1 - p),
        "p1": list(p),
        "id": [3, 4, 5, 6, 7, 8, 9],
    }
    for r in range(2):
        table |= {f"ref{r}_p0": list(1 - q[r]), f"ref{r}_p1": list(q[r]), f"ref{r}_in": [r, 0, 1, 0, 1, 1, 1 - r]}
    return table


def written(folder: Path, table: Columns, suffix: str) -> Path:
    path = folder / f"evidence{suffix}"
    if suffix == ".csv":
        pyarrow.csv.write_csv(pa.table(table), path)
    else:
        pyarrow.parquet.write_table(pa.table(table), path)
    return path


@pytest.fixture(params=[".csv", ".parquet"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_table_is_read(tmp_path: Path, rng: np.random.Generator, suffix: str) -> None:
    table = columns(rng)
    evidence, truth, ids = read_evidence(written(tmp_path, table, suffix))
    shadow = evidence.shadows[0]
    assert truth is None
    assert ids.tolist() == [3, 4, 5]
    assert evidence.audit.labels.tolist() == [0, 1, 1]
    assert shadow.labels.tolist() == [0, 1, 0, 1]
    assert shadow.member is not None
    assert shadow.member.tolist() == [True, False, True, False]
    assert shadow.in_reference.tolist() == [[False, True, True, True], [False, True, True, False]]
    assert evidence.audit.in_reference.tolist() == [[False, False, True], [True, False, True]]
    p = np.array(table["p1"])
    true_class = np.where(np.array(table["label"]) == 1, p, 1 - p)
    np.testing.assert_allclose(evidence.audit.target("loss"), np.log(true_class[:3]))
    np.testing.assert_allclose(shadow.target("loss"), np.log(true_class[3:]))
    q = np.array(table["ref1_p1"])
    np.testing.assert_allclose(shadow.references("loss")[1], np.log(np.where(shadow.labels == 1, q[3:], 1 - q[3:])))


def test_a_table_and_tensors_give_the_same_evidence(tmp_path: Path, rng: np.random.Generator, suffix: str) -> None:
    arrays = full(rng)
    del arrays["population.shadow_targets.logits"], arrays["population.member"]
    for name in list(arrays):
        if name.endswith("logits"):
            logits = arrays.pop(name)
            arrays[name.replace("logits", "probs")] = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    parts = []
    for panel in ("shadow.1", "audit", "known", "population", "shadow.0"):
        n = len(arrays[f"{panel}.labels"])
        part: Columns = {"label": list(arrays[f"{panel}.labels"]), "id": list(arrays[f"{panel}.ids"])}
        part |= {"panel": [panel] * n, "member": list(arrays.get(f"{panel}.member", [None] * n))}
        part |= {f"p{c}": list(arrays[f"{panel}.target.probs"][:, c].astype(float)) for c in range(3)}
        for r in range(4):
            part |= {f"ref{r}_p{c}": list(arrays[f"{panel}.references.probs"][r, :, c]) for c in range(3)}
            part[f"ref{r}_in"] = list(arrays[f"{panel}.in_reference"][r])
        parts.append(part)
    table = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    a, b = read_evidence(written(tmp_path, table, suffix)), read_evidence(saved(tmp_path, arrays))
    assert_same(a.evidence, b.evidence)
    np.testing.assert_array_equal(a.ids, b.ids)
    np.testing.assert_array_equal(a.truth, b.truth)


def test_the_shortest_table(tmp_path: Path, suffix: str) -> None:
    table: Columns = {"p0": [0.1, 0.5], "p1": [0.9, 0.5], "label": [1, 0], "member": [1, 0]}
    evidence, truth, ids = read_evidence(written(tmp_path, table, suffix))
    assert evidence.audit.n_references == 0
    assert evidence.audit.ids is None
    assert ids.tolist() == [0, 1]
    assert truth is not None
    assert truth.tolist() == [True, False]


@pytest.mark.parametrize("yes_no", [("1", "0"), ("1.0", "0.0"), ("true", "false"), ("True", "False")])
def test_ways_to_write_a_member(tmp_path: Path, yes_no: tuple[str, str]) -> None:
    path = tmp_path / "e.csv"
    path.write_text("label,member,p0,p1\n" + "".join(f"1,{flag},0.5,0.5\n" for flag in yes_no))
    truth = read_evidence(path).truth
    assert truth is not None
    assert truth.tolist() == [True, False]


def test_booleans_of_parquet(tmp_path: Path) -> None:
    table: Columns = {"label": [1, 0], "member": [True, False], "p0": [0.5, 0.5], "p1": [0.5, 0.5]}
    truth = read_evidence(written(tmp_path, table, ".parquet")).truth
    assert truth is not None
    assert truth.tolist() == [True, False]


def test_the_order_of_rows_of_different_panels_is_free(tmp_path: Path, rng: np.random.Generator, suffix: str) -> None:
    table = columns(rng)
    order = [3, 0, 4, 1, 5, 2, 6]  # shuffled between panels, not within one
    shuffled = {name: [values[i] for i in order] for name, values in table.items()}
    (tmp_path / "other").mkdir()
    a = read_evidence(written(tmp_path, table, suffix)).evidence
    b = read_evidence(written(tmp_path / "other", shuffled, suffix)).evidence
    assert_same(a, b)


def test_thousands_of_blank_rows_first(tmp_path: Path) -> None:
    """A reader that guesses the type of a column from its first rows would take `member` for empty."""
    rows = ["0,,0.5,0.5,audit"] * 100_000 + ["1,1,0.5,0.5,shadow.0", "1,0,0.5,0.5,shadow.0"]
    path = tmp_path / "e.csv"
    path.write_text("\n".join(["label,member,p0,p1,panel", *rows]))
    member = read_evidence(path).evidence.shadows[0].member
    assert member is not None
    assert member.tolist() == [True, False]


def test_a_panel_may_have_no_references(tmp_path: Path, rng: np.random.Generator, suffix: str) -> None:
    table = columns(rng)
    for r in range(2):
        for name in (f"ref{r}_p0", f"ref{r}_p1", f"ref{r}_in"):
            table[name] = table[name][:3] + [None] * 4
    evidence = read_evidence(written(tmp_path, table, suffix)).evidence
    assert evidence.audit.n_references == 2
    assert evidence.shadows[0].n_references == 0


MISTAKES = [
    ("label", None, "expected a column 'label'"),
    ("p0", None, "expected a column 'p0' .1 columns are missing., got label, panel"),
    ("ref0_p1", None, "expected a column 'ref0_p1'"),
    ("p2", [0.5] * 7, "expected a column 'ref0_p2' .2 columns"),
    ("p900", [0.5] * 7, "columns for 901 classes; number the classes from 0"),
    ("label", [0, 1, 1, 0, 1, 0, 2], "panel shadow.0, column label: expected classes 0 to 1, .* got 2 at record 3"),
    ("label", [0.5] * 7, "column label: expected whole numbers up to 2.53, got 0.5 in row 1 .7 such rows"),
    ("label", [None] + [0] * 6, "column label: expected a whole number in every row, got 1 blank"),
    (
        "p0",
        [None] + [0.5] * 6,
        "column p0: expected a finite number in every row, got a blank .* in row 1 .1 such",
    ),
    ("p0", [0.5] * 7, "expected rows that sum to 1"),
    ("p0", [2.0] * 7, r"expected probabilities in \[0, 1\], got 2 at record 0"),
    ("ref0_p0", [None] * 3 + [0.5] * 4, "panel audit, columns ref_p, model 0: expected finite"),
    ("ref0_in", [None] + [1] * 6, "panel audit, column ref0_in: expected 0 or 1 in all rows or in none, got 1 blank"),
    (
        "member",
        [1, None, None, 1, 0, 1, 0],
        "panel audit, column member: .* got 2 blank rows of 3; records of the target",
    ),
    ("member", [None] * 7, "shadow.0.member: expected 1 for members"),
    ("member", [None] * 3 + [2, 0, 1, 0], "expected .*, got .?2"),
    ("panel", ["audit"] * 6 + ["shadow"], "column panel: expected audit, known, .*; got 'shadow'"),
    ("panel", ["audit"] * 6 + [None], "column panel: expected audit, known"),
    ("panel", ["known"] * 3 + ["shadow.0"] * 4, "expected a panel 'audit'"),
    ("id", [3, 4, 3, 6, 7, 8, 9], "panel audit, column id: expected an id of its own.*got 3 2 times"),
]


@pytest.mark.parametrize(("name", "values", "message"), MISTAKES, ids=[f"{m[0]}-{i}" for i, m in enumerate(MISTAKES)])
def test_mistakes(
    tmp_path: Path, rng: np.random.Generator, suffix: str, name: str, values: list[Any] | None, message: str
) -> None:
    table = columns(rng)
    table.pop(name, None)
    if values is not None:
        table[name] = values
    with pytest.raises(UserError, match=message) as error:
        read_evidence(written(tmp_path, table, suffix))
    assert f"evidence{suffix}" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a file of predictions, a CSV table; got an empty file"),
        ("label,p0,p1\n", "expected a panel 'audit' .* got no panel"),
        (
            "label,p0,p1\ncat,0.5,0.5\n",
            "column label: expected numbers, got 'cat' in row 1; .*write the classes as numbers",
        ),
        ("label,p0,p1\n1,0.5\n", "a CSV table, got something else: .*Expected 3 columns, got 2"),
        ("label,p0,p1,p1\n1,0.5,0.5,0.5\n", "expected every column once, got 'p1' 2 times"),
        (
            "label,p0,p1,member\n1,0.5,0.5,maybe\n",
            "column member: expected 1 or 0, .*got 'maybe'; these words are read, too: yes, no, train",
        ),
        ("label,p0,p1,id\n1,0.5,0.5,x7\n1,0.5,0.5,\n", "column id: expected an id in every row, got 1 blank"),
        ("label,p0,p1,id\n1,0.5,0.5,x7\n1,0.5,0.5,x7\n", "expected an id of its own for every record"),
    ],
)
def test_mistakes_in_a_csv(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        read_evidence(path)


def test_a_parquet_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    path.write_text("label,p0,p1\n")
    with pytest.raises(
        UserError,
        match=r"e.parquet: expected a file of predictions, a .parquet table, got content that cannot be read as one",
    ):
        read_evidence(path)


def test_text_where_numbers_belong(tmp_path: Path, rng: np.random.Generator) -> None:
    table = columns(rng) | {"p0": ["a"] * 7}
    with pytest.raises(UserError, match="column p0: expected numbers, got 'a' in row 1"):
        read_evidence(written(tmp_path, table, ".parquet"))


def test_a_byte_order_mark_and_a_latin_1_file(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(b"\xef\xbb\xbflabel,p0,p1\n1,0.5,0.5\n")
    assert read_evidence(path).evidence.audit.labels.tolist() == [1]
    path.write_bytes("label,p0,p1,Münze\n1,0.5,0.5,é\n".encode("latin-1"))
    opened = open_evidence(path)
    assert opened.further["Münze"].tolist() == ["é"]
    assert opened.understood is not None
    assert opened.understood.told[-1] == "The text is not UTF-8 and was read as Windows-1252 (Latin-1)."


def test_further_columns_go_with_the_audited_records(tmp_path: Path, rng: np.random.Generator, suffix: str) -> None:
    table = columns(rng) | {"age": [30, 41, 52, 63, 74, 85, 96], "clinic": ["a", "b", None, "c", "d", "e", "f"]}
    opened = open_evidence(written(tmp_path, table, suffix))
    assert [float(age) for age in opened.further["age"]] == [30, 41, 52]
    assert opened.further["clinic"].tolist() == ["a", "b", None]


def test_ids_of_text_are_the_same_records_in_every_panel(tmp_path: Path, suffix: str) -> None:
    table: Columns = {"label": [0, 1, 0, 1], "panel": ["audit", "audit", "shadow.0", "shadow.0"], "p0": [0.5] * 4}
    table |= {"member": [None, None, 1, 0], "p1": [0.5] * 4, "id": ["PAT-7", "PAT-0", "PAT-0", "PAT-9"]}
    evidence, _, ids = read_evidence(written(tmp_path, table, suffix))
    assert ids.tolist() == ["PAT-7", "PAT-0"]
    assert evidence.audit.ids is not None
    assert evidence.shadows[0].ids is not None
    assert evidence.audit.ids[1] == evidence.shadows[0].ids[0]
    assert len({*evidence.audit.ids, *evidence.shadows[0].ids}) == 3
