"""Suffixes of the table files that miaudit reads, by format."""

import re
from pathlib import Path
from typing import NamedTuple

TEXTS = (".csv", ".tsv", ".tab", ".txt", ".dat")
JSONS = (".json", ".jsonl", ".ndjson")
EXCEL = (".xlsx", ".xlsm")
ARROW = (".feather", ".arrow", ".ipc")
PARQUET = (".parquet", ".pq")
NUMPY = (".npy", ".npz")
STATS = (".dta", ".sav", ".zsav", ".por", ".sas7bdat", ".xpt")
UNREAD = {  # not read: the message says what to do instead
    ".xls": "an old workbook of Excel: save it as .xlsx or CSV",
    ".xlsb": "a binary workbook of Excel: save it as .xlsx or CSV",
    ".ods": "a spreadsheet of LibreOffice: save it as CSV",
    ".rds": "an object of R: write it by write.csv() or arrow::write_parquet()",
    ".rdata": "objects of R: write the table by write.csv() or arrow::write_parquet()",
    ".mat": "a file of MATLAB: write the table by writetable()",
    ".h5": "an HDF5 file: save the table as Parquet or CSV, or its arrays as .npz",
    ".hdf5": "an HDF5 file: save the table as Parquet or CSV, or its arrays as .npz",
    ".pkl": "a pickle, which could run code when it is read: save tables as Parquet or CSV, arrays as .npz",
    ".pickle": "a pickle, which could run code when it is read: save tables as Parquet or CSV, arrays as .npz",
    ".zip": "a ZIP archive: unpack it",
}
PACKED = ".gz"
TABLES = (*TEXTS, *JSONS, *EXCEL, *ARROW, *PARQUET, *NUMPY, *STATS, PACKED)
EVIDENCE = (
    ".safetensors",
    *TABLES,
    *UNREAD,
)  # those of UNREAD are refused with a hint
SHEET = "#"  # stands between a workbook and the name of one of its sheets
BOOK = re.compile(rf"(.*?(?:{'|'.join(map(re.escape, EXCEL))})){SHEET}(.*)", re.IGNORECASE | re.DOTALL)


class Sheet(NamedTuple):
    """A file, and the sheet in it that is meant where the path names one."""

    path: Path
    name: str | None


def sheet_of(path: Path) -> Sheet:
    """The workbook and the sheet that a path such as `book.xlsx#Sheet 2` names; other paths are files themselves.

    >>> sheet_of(Path("a/book.xlsx#May")).name, sheet_of(Path("a/no#1.xlsx")).name
    ('May', None)
    """
    named = BOOK.fullmatch(path.name)
    return Sheet(path, None) if named is None else Sheet(path.with_name(named[1]), named[2])


def suffix_of(path: Path) -> str:
    """The suffix of the file in small letters, whether or not the path names a sheet."""
    return sheet_of(path).path.suffix.lower()
