"""Records from files: features with their types, labels as they are, and what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.testing import assert_array_equal

from miaudit.errors import UserError
from miaudit.reading.columns import columns_of
from miaudit.reading.typed import typed
from miaudit.records import from_file
from miaudit.records.from_file import records_from_file, records_with_truth

FRAME = pd.DataFrame(
    {"age": [31, 45, 28], "income": [1.5, np.nan, 2.0], "job": ["a", "b", "a"], "owns": [True, False, True]}
)


def write(folder: Path, text: str, name: str = "t.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_a_csv_file_is_read_as_pandas_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    FRAME.assign(label=["yes", "no", "yes"]).to_csv(path, index=False)
    x, y = records_from_file(path, None)

    pd.testing.assert_frame_equal(x, FRAME)
    assert list(y) == ["yes", "no", "yes"]


def test_a_parquet_file_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    FRAME.assign(zip=["01", "02", "03"], Class=[2, 0, 2]).to_parquet(path)
    x, y = records_from_file(path, None)

    assert list(x["zip"]) == ["01", "02", "03"]
    assert_array_equal(y, [2, 0, 2])


def test_decimal_commas_and_row_names(tmp_path: Path) -> None:
    x, y = records_from_file(write(tmp_path, '"";a;b;y\nr1;1,5;2;0\nr2;2,5;3;1\n'), None)

    assert x.to_dict("list") == {"a": [1.5, 2.5], "b": [2, 3]}
    assert list(x.index) == ["r1", "r2"]
    assert_array_equal(y, [0, 1])


def test_a_single_column_of_text_is_a_list(tmp_path: Path) -> None:
    x, y = records_from_file(write(tmp_path, "text,label\ngood film,1\nbad film,0\n"), None)

    assert x == ["good film", "bad film"]
    assert_array_equal(y, [1, 0])


def test_without_pandas_it_is_a_table_of_arrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_file, "find_spec", lambda _: None)
    x, _ = records_from_file(write(tmp_path, "a,y\n1,0\n2,1\n"), None)

    assert isinstance(x, pa.Table)
    assert x.to_pydict() == {"a": [1, 2]}


@pytest.mark.parametrize("names", [("x", "y"), ("images", "label"), ("anything", "labels")])
def test_arrays(tmp_path: Path, names: tuple[str, str]) -> None:
    images, labels = np.arange(24.0).reshape(2, 3, 2, 2), np.array([1, 0])
    np.savez(tmp_path / "t.npz", **dict(zip(names, (images, labels), strict=True)))  # type: ignore[arg-type]
    x, y = records_from_file(tmp_path / "t.npz", None)

    assert_array_equal(x, images)
    assert_array_equal(y, labels)


def test_the_truth_need_be_no_class(tmp_path: Path) -> None:
    path = write(tmp_path, "a,y,s\n1,0.5,u\n2,1.5,v\n")
    x, y = records_with_truth(path, None)
    assert (list(x.columns), y.tolist()) == (["a", "s"], [0.5, 1.5])
    x, y = records_with_truth(path, "a, y")
    assert (x, y.tolist()) == (["u", "v"], [[1.0, 0.5], [2.0, 1.5]])
    _, y = records_with_truth(path, "s")
    assert y.dtype.kind == "U"
    x, y = records_with_truth(write(tmp_path, "a,b\n1,2\n"), None)
    assert (list(x.columns), y) == (["a", "b"], None)
    with pytest.raises(UserError, match="y, label, which could each be it"):
        records_with_truth(write(tmp_path, "a,y,label\n1,2,3\n"), None)
    with pytest.raises(UserError, match="expected a table of records or an NPZ file, got a folder"):
        records_with_truth(tmp_path, None)


@pytest.mark.parametrize("truth", [np.ones((3, 2)), None])
def test_arrays_with_a_truth_of_any_shape(tmp_path: Path, truth: Any) -> None:
    np.savez(tmp_path / "a.npz", x=np.zeros((3, 4)), **({} if truth is None else {"y": truth}))
    x, y = records_with_truth(tmp_path / "a.npz", None)
    assert x.shape == (3, 4)
    assert y is truth or (y == truth).all()


def test_a_folder_is_handed_on(tmp_path: Path) -> None:
    assert records_from_file(tmp_path, None) == tmp_path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,0\n", "expected a column of the true class, got the columns a, b: name it by --label"),
        ("a,y,class\n1,0,1\n", "expected a column of the true class, got y, class, which could each be it"),
        ("y\n1\n0\n", "expected columns of features beside the label 'y', got none"),
        ("a,y\n1,0\n2,\n", "column y: expected a label in every row, got 1 empty cells"),
        ("a,y\n" + "1,0\n" * 19 + "?,1\n", r"column a: expected numbers, .* got '\?' \(1 of 20 rows are not numbers\)"),
    ],
)
def test_what_is_no_table_of_records_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)

    with pytest.raises(UserError, match=message) as raised:
        records_from_file(path, None)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": [1], "b": [2], "y": [0]}, "expected an array x of features beside 'y', got a, b"),
        ({"x": [1], "z": [0]}, "expected a column of the true class"),
        ({"x": np.array([None]), "y": [0]}, "cannot read .*: expected records as arrays x and y"),
    ],
)
def test_arrays_that_are_no_records_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "t.npz", **arrays)
    with pytest.raises(UserError, match=message):
        records_from_file(tmp_path / "t.npz", None)


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "t.npy", np.ones(3))
    with pytest.raises(UserError, match=r"t\.npy: expected arrays x and y in one file, got a single array"):
        records_from_file(tmp_path / "t.npy", None)


def test_a_label_that_is_not_there_has_a_neighbour(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no column 'outcom' of labels: did you mean 'outcome'"):
        records_from_file(write(tmp_path, "a,outcome\n1,0\n"), "outcom")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", " 2 ", None], [1, 2, None]),
        (["1", "2.5", ""], [1.0, 2.5, None]),
        (["True", "FALSE", None], [True, False, None]),
        (["true", "maybe", "x"], ["true", "maybe", "x"]),
        (["12345678901234567890", "1", "2"], [12345678901234567890.0, 1.0, 2.0]),
    ],
)
def test_cells_of_text_files_get_the_type_that_all_have(cells: list[str | None], expected: list[Any]) -> None:
    columns = columns_of(pa.table({"a": pa.array(cells, pa.string())}))

    assert typed(columns, "a").to_pylist() == cells  # a file that has types keeps them
    assert typed(replace(columns, untyped=True), "a").to_pylist() == expected
