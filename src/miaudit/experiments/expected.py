"""The published numbers: `experiments/PAPER/expected.csv`."""

import csv
from pathlib import Path
from typing import NamedTuple

from miaudit.errors import UserError

COLUMNS = ("experiment", "row", "attack", "measure", "value", "source")


class Key(NamedTuple):
    """Which number."""

    table: str
    row: str
    attack: str  # "" for the target's own
    measure: str


def read_expected(folder: Path, paper: str) -> dict[Key, float]:
    """Every published number of a paper; none where it published none as text.

    Raises:
        UserError: the file lacks a column, or a value is no number.
    """
    path = folder / paper / "expected.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise UserError(f"{path}: expected the columns {', '.join(COLUMNS)}, got {reader.fieldnames}")
        try:
            return {
                Key(line["experiment"], line["row"], line["attack"], line["measure"]): float(line["value"])
                for line in reader
            }
        except ValueError as error:
            raise UserError(f"{path}: {error}") from None
