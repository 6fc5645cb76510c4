"""Reads tables in any format, recognised by the first bytes and the suffix of the file."""

from pathlib import Path

from miaudit.errors import UserError
from miaudit.reading.arrow_file import read_arrow
from miaudit.reading.columns import Columns
from miaudit.reading.csv_file import read_csv
from miaudit.reading.excel_file import read_excel
from miaudit.reading.json_table import read_json_table
from miaudit.reading.numpy_file import read_numpy
from miaudit.reading.parquet_file import read_parquet
from miaudit.reading.path import MOST_BYTES, check_file
from miaudit.reading.stats_file import read_stats
from miaudit.reading.suffixes import ARROW, EXCEL, JSONS, NUMPY, PACKED, PARQUET, STATS, TEXTS, UNREAD, sheet_of

MAGIC = {  # first bytes that reveal a format, whatever the suffix
    b"PAR1": PARQUET[0],
    b"ARROW1": ARROW[0],
    b"FEA1": ARROW[0],
    b"\x93NUMPY": NUMPY[0],
    b"$FL2": ".sav",
    b"<stata_dta>": ".dta",
}


def read_table(path: Path, what: str) -> Columns:
    """The columns of a table in any of the formats that miaudit reads.

    Args:
        path: the file; of a workbook also a sheet, such as `book.xlsx#May`.
        what: what was expected, for messages.

    Raises:
        UserError: it cannot be read, is of no known format, or needs a library that is not installed.
    """
    path, sheet = sheet_of(path)
    check_file(path, what, MOST_BYTES)
    suffix = _suffix(path)
    if suffix in UNREAD:
        raise UserError(f"cannot read {path}: expected {what}, got {UNREAD[suffix]}")
    if suffix in EXCEL:
        return read_excel(path, what, sheet)
    for suffixes, read in (
        (JSONS, read_json_table),
        (ARROW, read_arrow),
        (PARQUET, read_parquet),
        (NUMPY, read_numpy),
        (STATS, read_stats),
    ):
        if suffix in suffixes:
            return read(path, what)
    return read_csv(path, what)


def _suffix(path: Path) -> str:
    """The suffix of the file's format, which its first bytes decide where they are unmistakable."""
    with path.open("rb") as file:
        start = file.read(16)
    found = next((suffix for magic, suffix in MAGIC.items() if start.startswith(magic)), None)
    own = path.suffix.lower()
    own = Path(path.stem).suffix.lower() or TEXTS[0] if own == PACKED else own
    return own if found is None or own in STATS else found
