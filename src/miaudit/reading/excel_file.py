"""Workbooks of Excel (.xlsx): the table of the only sheet that has one, or of the one that is named."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.extras import extra
from miaudit.reading.path import MOST_BYTES, check_file
from miaudit.reading.suffixes import SHEET

TIMES = 10  # memory that the cells may take, as a multiple of the unpacked workbook's size
REMEDY = "save the sheet as CSV"


def read_excel(path: Path, what: str, sheet: str | None = None) -> Columns:
    """The columns of a sheet; its first row that is not blank has the names.

    Formulas are read as the values that were last computed.

    Args:
        path: the workbook.
        what: what was expected, for messages.
        sheet: name of the sheet; None for the only one that is not empty.

    Raises:
        UserError: openpyxl is not installed, there is no such file or sheet, several sheets may be meant, the file is
            damaged, or holds no table.
    """
    check_file(path, what, MOST_BYTES)
    openpyxl = extra("openpyxl", "excel", path)
    try:
        _check_size(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            return _columns(book, path, sheet)
        finally:
            book.close()
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, an Excel workbook; {error}") from None
    except Exception as error:  # openpyxl raises KeyError, BadZipFile, ValueError, ... on damaged workbooks
        raise UserError(
            f"cannot read {path}: expected {what}, an Excel workbook (.xlsx), got content that cannot be read as one "
            f"({type(error).__name__}: {error}); {REMEDY}"
        ) from None


def _check_size(path: Path) -> None:
    """Raise UserError where the workbook, a ZIP archive, would not fit into memory once unpacked."""
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    check_memory(TIMES * unpacked, f"{path}, unpacked,", REMEDY)


def _columns(book: Any, path: Path, sheet: str | None) -> Columns:
    titles = [each.title for each in book.worksheets]
    if sheet is not None and sheet not in titles:
        raise UserError(f"there is no sheet {shortened(sheet)}: {did_you_mean(sheet, titles)}")
    sheets = {each.title: each for each in book.worksheets if sheet in (None, each.title)}
    rows = {title: _rows(each.iter_rows(values_only=True)) for title, each in sheets.items()}
    filled = {title: of_sheet for title, of_sheet in rows.items() if len(of_sheet) > 1}
    if not filled:
        raise UserError(
            "got no sheet with a header and rows" if sheet is None else f"got no table in {shortened(sheet)}"
        )
    if len(filled) > 1:
        raise UserError(
            f"got tables in the sheets {listed(map(repr, filled))}: name the one that is meant behind the file, "
            f"such as '{path}{SHEET}{next(iter(filled))}'"
        )
    (every,) = filled.values()
    headed = _headed(every)
    above = len(every) - len(headed)
    were = "row above the header was" if above == 1 else "rows above the header were"
    return columns_of(_table(headed), told=(f"{above:,} {were} left out.",) if above else ())


def _headed(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows from the header on: titles above it are text in a single cell."""
    filled = [[cell for cell in row if cell is not None and cell != ""] for row in rows]
    header = next((place for place, cells in enumerate(filled) if len(cells) > 1), 0)
    are_titles = all(isinstance(cells[0], str) for cells in filled[:header])
    return rows[header:] if are_titles and len(rows) > header + 1 else rows


def _rows(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows that are not blank."""
    return [row for row in rows if any(cell is not None and cell != "" for cell in row)]


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    width = max(map(len, rows))
    names = ["" if name is None else str(name) for name in _padded(rows[0], width)]
    cells = zip(*(_padded(row, width) for row in rows[1:]), strict=True)
    return pa.Table.from_arrays([_array(list(column)) for column in cells], names=names)


def _padded(row: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return (*row, *([None] * (width - len(row))))


def _array(values: list[Any]) -> pa.Array:
    """The column in one type, which is text where the sheet mixes types."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
