"""How a CSV file is written: its separator and its decimal mark, found from the first lines and never guessed."""

import csv
import re
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.reading.text_file import Text

HEAD = 2**22  # bytes in which the header and the first rows are looked for
LINES = 20
MOST_COLUMNS = 100_000
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
RARE = {"|": "vertical bars", " ": "spaces", "^": "carets"}  # tried only where none of the usual separators fits
NAMED = SEPARATORS | RARE
COMMA = re.compile(r"\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*%?\s*")
POINT = re.compile(r"\s*[+-]?\d+\.\d+(?:[eE][+-]?\d+)?\s*%?\s*")
THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?\s*%?")
SAID = re.compile(r"sep=([,;\t| ^])")  # a first line that spreadsheets write


class Dialect(NamedTuple):
    """The way in which a CSV file is written."""

    names: tuple[str, ...]  # of the columns
    delimiter: str
    decimal: str  # "." or ","
    skipped: int | None = None  # lines before the first row; None if the names are in the first line
    comments: int = 0  # how many of them are comments

    @property
    def told(self) -> tuple[str, ...]:
        """Sentences on how the file is written, where that is unusual."""
        comments = ("Lines that begin with # above the header were left out.",) if self.comments else ()
        if (self.delimiter, self.decimal) == (",", "."):
            return comments
        comma = " and numbers have a decimal comma" if self.decimal == "," else ""
        return (*comments, f"Columns are separated by {NAMED[self.delimiter]}{comma}.")


def dialect_of(text: Text) -> Dialect:
    """Find column names, separator and decimal mark; raises UserError where these are ambiguous."""
    numbered = _first_lines(text)
    lines = [line for _, line in numbered]
    said = SAID.fullmatch(lines[0]) if lines else None
    comments = 0 if said else _comments(lines)
    above = bool(said) + comments
    lines = lines[above:]
    separator = said[1] if said else _separator(lines)
    rows = _split(lines, separator)
    if len(rows) == 1 and len(rows[0]) == 1:
        raise UserError("got a single line without a separator, which is no table")
    names = _names(rows)
    plain = len(names) == len(rows[0]) and not above
    return Dialect(tuple(names), separator, decimal_of(rows[1:]), None if plain else numbered[above][0], comments)


def _comments(lines: list[str]) -> int:
    """How many first lines are comments: they begin with #, and only without them do all lines have as many cells.

    The last line that begins with # is the header, as NumPy writes it, where the line below it holds numbers.
    """
    most = next((place for place, line in enumerate(lines) if not line.startswith("#")), 0)
    if not most or _is_table(lines) or not _is_table(lines[most:]):
        return 0
    has_numbers = any(map(NUMBER.fullmatch, re.split(r"[,;\t|^ ]", lines[most])))
    return most - (has_numbers and _is_table(lines[most - 1 :]))


def _is_table(lines: list[str]) -> bool:
    return any(_fits(lines, separator) for separator in NAMED)


def decimal_of(rows: list[list[str]]) -> str:
    """The decimal mark in cells of text; raises UserError where it is ambiguous."""
    cells = [cell for row in rows for cell in row]
    commas = [cell for cell in cells if COMMA.fullmatch(cell)]
    point = next((cell for cell in cells if POINT.fullmatch(cell)), None)
    if commas and point is not None:
        raise UserError(f"got numbers with a decimal comma, {commas[0].strip()}, and with a point, {point.strip()}")
    if commas and all(map(THOUSANDS.fullmatch, commas)):
        raise UserError(f"got {commas[0].strip()}, whose comma may stand for decimals or thousands: write a point")
    return "," if commas else "."


def _separator(lines: list[str]) -> str:
    found = [separator for separator in SEPARATORS if _fits(lines, separator)]
    if len(found) > 1:
        named = " and by ".join(SEPARATORS[separator] for separator in found)
        raise UserError(f"its columns can be separated by {named}: put names that contain one of them in quotes")
    if found:
        return found[0]
    rare = (separator for separator in RARE if _fits(lines, separator))
    short = (separator for separator in NAMED if _fits(lines, separator, short=True))
    return next(rare, None) or next(short, ",")


def _names(rows: list[list[str]]) -> list[str]:
    """The header; where every row has one cell more, R left out the name of the row names."""
    header, *others = rows
    if not others or {len(row) for row in others} != {len(header) + 1}:
        return header
    blank_end = all(not row[-1].strip() for row in others)
    return [*header, ""] if blank_end else ["", *header]


def _first_lines(text: Text) -> list[tuple[int, str]]:
    """The first lines that are not blank, with their numbers from 1."""
    head = text.head(HEAD)
    whole = len(head) < HEAD
    *lines, last = re.split(rb"\r\n|\r|\n", head.removeprefix(b"\xef\xbb\xbf"), maxsplit=LINES)
    lines = [*lines, last] if whole and len(lines) < LINES else lines
    if not lines and head:
        raise UserError(f"got a first line of more than {HEAD:,} bytes")
    return [(number, line.decode()) for number, line in enumerate(lines, 1) if line.strip()]


def _fits(lines: list[str], separator: str, short: bool = False) -> bool:
    """Does the separator give several names, and in every row as many cells (short: one more)?"""
    rows = _split(lines, separator)
    if short:
        return len(rows[0]) > 1 and len(_names(rows)) > len(rows[0])
    counts = {len(row) for row in rows}
    return len(counts) == 1 and counts != {1}


def _split(lines: list[str], separator: str) -> list[list[str]]:
    if not lines:
        raise UserError("got an empty file")
    if lines[0].count(separator) >= MOST_COLUMNS:
        raise UserError(f"got more than {MOST_COLUMNS:,} columns")
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error as error:
        raise UserError(f"got text that cannot be split into cells ({error})") from None
