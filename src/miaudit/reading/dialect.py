"""How a CSV file is written: its separator and its decimal mark, found from the first lines and never guessed."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.messages import listed

HEAD = 2**22  # bytes in which the header and the first rows are looked for
LINES = 20
MOST_COLUMNS = 100_000
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
OTHERS = {" ": "spaces", "|": "vertical bars"}  # are named, not read
MAGIC = {
    b"\x1f\x8b": "a file packed by gzip: unpack it (gunzip)",
    b"PK\x03\x04": "a ZIP archive or a workbook of a spreadsheet: save it as CSV",
    b"PAR1": "a Parquet file: give it the suffix .parquet",
    b"BZh": "a file packed by bzip2: unpack it",
    b"\xfd7zXZ": "a file packed by xz: unpack it",
    b"\x28\xb5\x2f\xfd": "a file packed by zstd: unpack it",
    b"\xff\xfe": "text in UTF-16: save it in UTF-8",
    b"\xfe\xff": "text in UTF-16: save it in UTF-8",
}
COMMA = re.compile(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*")
POINT = re.compile(r"\s*[+-]?\d+\.\d+(?:[eE][+-]?\d+)?\s*")
THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*")


class Dialect(NamedTuple):
    """How a file is written."""

    names: tuple[str, ...]  # of the columns
    delimiter: str
    decimal: str  # "." or ","

    @property
    def told(self) -> tuple[str, ...]:
        """A sentence where it is not the usual way."""
        if (self.delimiter, self.decimal) == (",", "."):
            return ()
        comma = " and numbers have a decimal comma" if self.decimal == "," else ""
        return (f"Columns are separated by {SEPARATORS[self.delimiter]}{comma}.",)


def check_text(path: Path) -> None:
    """Raise UserError where the file is packed, is of another format, or has a byte 0 in it."""
    with path.open("rb") as file:
        position = 0
        while piece := file.read(HEAD):
            packed = next((what for magic, what in MAGIC.items() if not position and piece.startswith(magic)), None)
            if packed is not None:
                raise UserError(f"got {packed}")
            if (found := piece.find(b"\0")) >= 0:
                raise UserError(f"got the byte 0 at position {position + found:,}: the file is damaged, or no text")
            position += len(piece)


def dialect_of(path: Path) -> Dialect:
    """The names of the columns, the separator and the decimal mark; raises UserError where they cannot be told."""
    lines = _first_lines(path)
    found = [separator for separator in SEPARATORS if _fits(lines, separator)]
    if len(found) > 1:
        named = " and by ".join(SEPARATORS[separator] for separator in found)
        raise UserError(f"its columns can be separated by {named}: put names that contain one of them in quotes")
    if not found:
        _refuse_others(lines)
    rows = _split(lines, found[0] if found else ",")
    return Dialect(tuple(rows[0]), found[0] if found else ",", _decimal(rows[1:]))


def _first_lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    whole = len(head) < HEAD
    *lines, last = re.split(rb"\r\n|\r|\n", head.removeprefix(b"\xef\xbb\xbf"), maxsplit=LINES)
    lines = [*lines, last] if whole and len(lines) < LINES else lines
    if not lines and head:
        raise UserError(f"got a first line of more than {HEAD:,} bytes")
    try:
        return [line.decode() for line in lines if line.strip()]
    except UnicodeDecodeError as error:
        raise UserError(
            f"got the byte 0x{error.object[error.start]:02x}, which is no UTF-8: save it in UTF-8"
        ) from None


def _fits(lines: list[str], separator: str) -> bool:
    """Does it part the header into several names, and every row into as many cells?"""
    counts = {len(row) for row in _split(lines, separator)}
    return len(counts) == 1 and counts != {1}


def _split(lines: list[str], separator: str) -> list[list[str]]:
    if not lines:
        raise UserError("got an empty file")
    if lines[0].count(separator) >= MOST_COLUMNS:
        raise UserError(f"got more than {MOST_COLUMNS:,} columns")
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise UserError(f"got what cannot be split into cells ({error})") from None


def _refuse_others(lines: list[str]) -> None:
    # R's write.table leaves the name of the row names out: its header is one short.
    other = next((sep for sep in OTHERS if lines and sep in lines[0] and "," not in lines[0]), None)
    if other is not None and not any(separator in lines[0] for separator in SEPARATORS):
        raise UserError(f"its columns seem to be separated by {OTHERS[other]}: expected {listed(SEPARATORS.values())}")


def _decimal(rows: list[list[str]]) -> str:
    """The decimal mark of the first rows; raises UserError where it cannot be told."""
    cells = [cell for row in rows for cell in row]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    point = next((cell for cell in cells if POINT.fullmatch(cell)), None)
    if commas and point is not None:
        raise UserError(f"got numbers with a decimal comma, {commas[0].strip()}, and with a point, {point.strip()}")
    if commas and all(map(THOUSANDS.fullmatch, commas)):
        raise UserError(f"got {commas[0].strip()}, whose comma may stand for decimals or thousands: write a point")
    return "," if commas else "."
