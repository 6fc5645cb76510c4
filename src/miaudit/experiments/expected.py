"""Reads the published numbers from `experiments/PAPER/expected.csv`."""

import csv
from decimal import Decimal, InvalidOperation
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.messages import listed, shortened
from miaudit.reading.path import read_text

MOST_BYTES = 2**24
COLUMNS = ("experiment", "row", "attack", "measure", "value", "source")


class Key(NamedTuple):
    """The place of a published number: table, row, attack and measure."""

    table: str
    row: str
    attack: str  # "" for the target itself
    measure: str


class Published(NamedTuple):
    """A number as the paper prints it."""

    value: float
    digits: int  # after the decimal point

    @property
    def rounding(self) -> float:
        """Largest rounding error: half a unit of the last digit."""
        return 0.5 * 10.0**-self.digits


def read_expected(folder: Path, paper: str) -> dict[Key, Published]:
    """Read every published number of a paper; empty where the paper prints none.

    Raises:
        UserError: the file cannot be read, lacks a column, or a value is no number.
    """
    path = folder / paper / "expected.csv"
    if not path.exists():
        return {}
    text = read_text(path, "published numbers", MOST_BYTES)
    try:
        reader = csv.DictReader(StringIO(text, newline=""))
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise UserError(f"{path}: expected the columns {', '.join(COLUMNS)}, got {listed(reader.fieldnames or ())}")
        return {
            Key(line["experiment"], line["row"], line["attack"], line["measure"]): _number(line["value"], path)
            for line in reader
        }
    except (csv.Error, ValueError) as error:
        raise UserError(f"{path}: {error}") from None


def _number(text: str | None, path: Path) -> Published:
    try:
        return published(text or "")
    except (ValueError, InvalidOperation):
        raise UserError(f"{path}: expected a number as the value in each line, got {shortened(text)}") from None


def published(text: str) -> Published:
    """Parse a number and count the digits with which it was printed.

    >>> published("0.071"), published("12"), published("1e-4")
    (Published(value=0.071, digits=3), Published(value=12.0, digits=0), Published(value=0.0001, digits=4))
    """
    exponent = Decimal(text).as_tuple().exponent
    if exponent == "n":
        raise ValueError(text)
    return Published(float(text), max(0, -exponent) if isinstance(exponent, int) else 0)  # no int: infinite
