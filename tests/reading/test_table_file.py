"""Formats other than CSV: their columns, and one message where a file is none of its kind."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import polars
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pyreadstat
import pytest

from miaudit.errors import UserError
from miaudit.reading import extras
from miaudit.reading.suffixes import UNREAD, sheet_of
from miaudit.reading.table_file import read_table

N = 3
TABLE: dict[str, list[Any]] = {"label": ["a", "b", None], "p": [0.25, 0.5, 1.0]}


def texts(path: Path) -> tuple[list[str], list[str | None], list[float]]:
    found = read_table(path, "predictions")
    return found.names, found.texts("label").tolist(), found.numbers("p").tolist()


EXPECTED = (["label", "p"], ["a", "b", None], [0.25, 0.5, 1.0])


@pytest.mark.parametrize(
    "text",
    [
        '{"label": "a", "p": 0.25}\n{"label": "b", "p": 0.5}\n\n{"label": null, "p": 1}\n',
        '[{"label": "a", "p": 0.25}, {"label": "b", "p": 0.5}, {"p": 1.0}]',
        json.dumps(TABLE),
        json.dumps({name: dict(enumerate(values)) for name, values in TABLE.items()}),  # pandas' to_json()
        json.dumps({"columns": list(TABLE), "index": [0, 1, 2], "data": list(zip(*TABLE.values(), strict=True))}),
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_json(tmp_path: Path, text: str, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    path.write_text(text)
    assert texts(path) == EXPECTED


def workbook(path: Path, **sheets: list[tuple[object, ...]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "empty"
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


ROWS: list[tuple[object, ...]] = [(), ("label", "p", None), ("a", 0.25), (), ("b", 0.5), (None, 1)]


def test_excel_skips_blank_rows_and_blank_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", first=ROWS, notes=[("by hand",)])
    assert texts(path) == EXPECTED
    assert read_table(path, "predictions").told == ()


def test_of_several_sheets_one_must_be_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", May=ROWS, June=[("a", "b"), (1, 2)])
    with pytest.raises(UserError, match=r"got tables in the sheets 'May', 'June': name .* such as '.*t\.xlsx#May'"):
        read_table(path, "predictions")
    assert texts(tmp_path / "t.xlsx#May") == EXPECTED
    assert read_table(tmp_path / "t.xlsx#June", "predictions").names == ["a", "b"]
    with pytest.raises(UserError, match="there is no sheet 'Juni': did you mean 'June'"):
        read_table(tmp_path / "t.xlsx#Juni", "predictions")
    with pytest.raises(UserError, match="got no table in 'empty'"):
        read_table(tmp_path / "t.xlsx#empty", "predictions")


def test_a_hash_before_the_suffix_is_part_of_the_name(tmp_path: Path) -> None:
    assert texts(workbook(tmp_path / "no#1.xlsx", May=ROWS)) == EXPECTED


def test_the_first_suffix_ends_the_name_of_the_book() -> None:
    for name, book, sheet in (
        ("İ.XLSX#May", "İ.XLSX", "May"),  # this letter is two in small
        ("a.xlsm#b.xlsx#c", "a.xlsm", "b.xlsx#c"),
        ("a.xlsx#", "a.xlsx", ""),
    ):
        assert sheet_of(Path("x#1") / name) == (Path("x#1") / book, sheet)


def test_excel_leaves_out_a_title_above_the_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("Predictions of the model",), (), ("in May",), ("label", "p"), ("a", 0.25), ("b", 0.5), (None, 1)):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    assert texts(tmp_path / "t.xlsx") == EXPECTED
    assert read_table(tmp_path / "t.xlsx", "predictions").told == ("2 rows above the header were left out.",)


def test_excel_keeps_the_rows_above_a_stray_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("loss",), (0.5,), (0.25, "checked"), (0.75,)):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    found = read_table(tmp_path / "t.xlsx", "predictions")
    assert found.numbers("loss").tolist() == [0.5, 0.25, 0.75]
    assert found.told == ()


def test_cells_of_several_types_become_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("label", "p"), (1, 0.25), ("b", 0.5), (True, 1)):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    assert texts(tmp_path / "t.xlsx")[1] == ["1", "b", "True"]


@pytest.mark.parametrize("suffix", [".feather", ".arrow", ".csv"])
def test_feather_and_arrow_streams(tmp_path: Path, suffix: str) -> None:
    """A Feather file is known by its first bytes, whatever it is called; a stream is not."""
    path, table = tmp_path / f"t{suffix}", pa.table(TABLE)
    if suffix == ".arrow":
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    else:
        pyarrow.feather.write_feather(table, str(path), compression="zstd")
    assert texts(path) == EXPECTED


def test_parquet_of_any_name(tmp_path: Path) -> None:
    pq.write_table(pa.table(TABLE), tmp_path / "t.csv")
    assert texts(tmp_path / "t.csv") == EXPECTED


@pytest.mark.parametrize("suffix", [".dta", ".sav"])
def test_value_labels_stand_for_their_numbers(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    write = pyreadstat.write_dta if suffix == ".dta" else pyreadstat.write_sav
    labels: dict[str, dict[int | float, str]] = {"label": {1: "a", 2: "b"}}
    write(polars.DataFrame({"label": [1, 2, 3], "p": TABLE["p"]}), path, variable_value_labels=labels)
    names, found, numbers = texts(path)
    assert (names, numbers) == (["label", "p"], TABLE["p"])
    assert [text if text is None else text.removesuffix(".0") for text in found] == ["a", "b", "3"]


def test_arrays_are_columns(tmp_path: Path) -> None:
    two = np.arange(6.0).reshape(3, 2)
    np.savez(
        tmp_path / "t.npz", label=np.array([1, 0, 1]), probs=two, one=two[:, :1], half=two[:, 0].astype(np.float16)
    )
    found = read_table(tmp_path / "t.npz", "predictions")
    assert found.names == ["label", "probs[0]", "probs[1]", "one", "half"]
    assert found.numbers("probs[1]").tolist() == [1, 3, 5]
    np.save(tmp_path / "t.npy", two)
    assert read_table(tmp_path / "t.npy", "predictions").names == ["outputs[0]", "outputs[1]"]
    np.save(tmp_path / "s.npy", np.array([(1, 0.5)], dtype=[("label", int), ("p", float)]))
    assert read_table(tmp_path / "s.npy", "predictions").names == ["label", "p"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.xlsx", b"label,p\n", "expected predictions, an Excel workbook .*; save the sheet as CSV"),
        ("t.feather", b"label,p\n", "expected predictions, a Feather or Arrow table"),
        ("t.dta", b"label,p\n", "expected predictions, a data file of Stata, SPSS or SAS"),
        ("t.npz", b"label,p\n", "expected predictions, arrays of NumPy"),
        ("t.json", b"label,p\n", "a table in JSON; got text that is not JSON"),
        ("t.json", b"7", "a table in JSON; got 7; write a list of records"),
        ("t.jsonl", b'{"a": 1}\n{"a": }\n', "got line 2, which is not JSON"),
        ("t.json", b"[" * 100_000, "nested too deeply"),
        *((f"t{suffix}", b"", re.escape(f"got {what}")) for suffix, what in UNREAD.items()),
    ],
)
def test_what_is_none_of_its_kind(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=message) as error:
        read_table(tmp_path / name, "predictions")
    assert name in str(error.value)


@pytest.mark.parametrize(("name", "extra"), [("t.xlsx", "excel"), ("t.dta", "stats")])
def test_a_library_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, extra: str
) -> None:
    def missing(module: str) -> Any:
        raise ImportError(module)

    monkeypatch.setattr(extras, "import_module", missing)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UserError, match=rf"run: pip install 'miaudit\[{extra}\]', or save the table as CSV"):
        read_table(tmp_path / name, "predictions")
