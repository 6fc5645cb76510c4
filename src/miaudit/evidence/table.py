"""Evidence as a table, `.parquet` or `.csv`, for those who have no tensors: one row a record of a panel.

label           class from 0
p0 ... p{C-1}   the probabilities that the target gives; on a shadow's rows, those that the shadow gives
member          1 or 0; blank where it is not known; for the audited records it goes to the metrics only
panel           audit (where the column is absent), known, population, shadow.0, shadow.1, ...
id              optional whole number: the same id is the same record, in any panel
ref{r}_p{c}     the probabilities that reference model r gives; blank throughout a panel that has no references
ref{r}_in       1 where reference r was trained on the record; absent or blank throughout a panel: on none
"""

import csv
import re
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence.checks import Given
from miaudit.evidence.draft import Draft
from miaudit.evidence.stored import Stored

PLAIN = ("label", "member", "panel", "id")
PROBABILITY = re.compile(r"(?:ref(0|[1-9][0-9]*)_)?p(0|[1-9][0-9]*)")
INSIDE = re.compile(r"ref(0|[1-9][0-9]*)_in")
PANEL = re.compile(r"audit|known|population|shadow\.(?:0|[1-9][0-9]*)")
FLAGS = {"1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0, "true": 1.0, "false": 0.0, "": np.nan}


class Columns(NamedTuple):
    """How many models and classes the columns hold."""

    classes: int
    references: int


def read_table(path: Path) -> dict[str, Draft]:
    """The panels of a `.parquet` or `.csv` file, unchecked but for their columns.

    Raises:
        UserError: the file cannot be read, or its columns do not fit together.
    """
    try:
        table = _read_csv(path) if path.suffix.lower() == ".csv" else pyarrow.parquet.read_table(path)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"expected a {path.suffix} table, got what cannot be read as one: {error}") from None
    columns = _check_columns(table.column_names)
    names = _panel_names(table)
    return {name: _draft(table, columns, name, np.flatnonzero(names == name)) for name in dict.fromkeys(names.tolist())}


def _read_csv(path: Path) -> Any:
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    # Types are said, since those that pyarrow guesses hang on which rows come first.
    types = {name: pa.float64() if PROBABILITY.fullmatch(name) else pa.string() for name in names}
    types |= {"label": pa.float64(), "id": pa.int64()}
    return pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(column_types=types))


def _check_columns(names: list[str]) -> Columns:
    """The numbers of classes and references, if every column has a meaning and none is missing."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise UserError(f"expected every column once, got {repeated[0]!r} {names.count(repeated[0])} times")
    found = [match for name in names if (match := PROBABILITY.fullmatch(name))]
    classes = 1 + max((int(match[2]) for match in found), default=0)
    inside = [match for name in names if (match := INSIDE.fullmatch(name))]
    numbered = [match[1] for match in (*found, *inside) if match[1]]
    references = 1 + max(map(int, numbered), default=-1)
    return _check_all_there(names, Columns(max(classes, 2), references))


def _check_all_there(names: list[str], columns: Columns) -> Columns:
    if columns.classes * (columns.references + 1) > 2 * len(names):  # a number that cannot be meant
        raise UserError(
            f"expected columns p0, p1, ... and ref0_p0, ... without a gap, got {len(names)} columns for "
            f"{columns.classes} classes and {columns.references} reference models; number both from 0"
        )
    needed = ["label", *(f"p{c}" for c in range(columns.classes))]
    needed += [f"ref{r}_p{c}" for r in range(columns.references) for c in range(columns.classes)]
    missing = [name for name in needed if name not in set(names)]
    if missing:
        raise UserError(f"expected a column {missing[0]!r} ({len(missing)} columns are missing), got {_some(names)}")
    allowed = {*needed, *PLAIN, *(f"ref{r}_in" for r in range(columns.references))}
    for name in names:
        if name not in allowed:
            close = get_close_matches(name, sorted(allowed), n=1)
            hint = f"did you mean {close[0]!r}?" if close else "remove it"
            raise UserError(f"there is no column {name!r} in the format: {hint}")
    return columns


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _panel_names(table: Any) -> npt.NDArray[np.str_]:
    if "panel" not in table.column_names:
        return np.full(table.num_rows, "audit")
    names = np.array([str(name) for name in table.column("panel").to_pylist()], dtype=str)
    for name in dict.fromkeys(names.tolist()):
        if not PANEL.fullmatch(name):
            raise UserError(f"column panel: expected audit, known, population, shadow.0, shadow.1, ...; got {name!r}")
    return names


def _draft(table: Any, columns: Columns, panel: str, rows: Ints) -> Draft:
    part = table.take(pa.array(rows))
    blocks = [_probabilities(part, f"ref{r}_p", columns.classes) for r in range(columns.references)]
    references = None if all(np.isnan(block).all() for block in blocks) else np.stack(blocks)
    label = _whole(part, "label")
    return Draft(
        name=panel,
        labels=Given(f"panel {panel}, column label", label),
        target=Stored(f"panel {panel}, columns p", _probabilities(part, "p", columns.classes)[None], "probs"),
        references=None if references is None else Stored(f"panel {panel}, columns ref_p", references, "probs"),
        in_reference=_inside(part, panel, columns.references),
        member=_flags(part, panel, "member"),
        ids=Given(f"panel {panel}, column id", _whole(part, "id")) if "id" in table.column_names else None,
    )


def _probabilities(table: Any, prefix: str, classes: int) -> Floats:
    """(n, C), NaN where a cell is blank."""
    return np.stack([_numbers(table, f"{prefix}{c}") for c in range(classes)], axis=1)


def _numbers(table: Any, name: str) -> Floats:
    column = table.column(name)
    try:
        numbers: Floats = column.cast(pa.float64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise UserError(f"column {name}: expected numbers, got {column.type}") from None
    return numbers


def _whole(table: Any, name: str) -> Ints:
    column = table.column(name)
    if column.null_count:
        raise UserError(f"column {name}: expected a whole number in every row, got {column.null_count:,} blank rows")
    try:
        numbers: Ints = column.cast(pa.int64()).to_numpy()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise UserError(f"column {name}: expected whole numbers, got {column.type} ({error})") from None
    return numbers


def _inside(table: Any, panel: str, references: int) -> Given | None:
    """(R, n), or None where no reference of this panel has the column filled in."""
    rows = [_flags(table, panel, f"ref{r}_in") for r in range(references)]
    if all(row is None for row in rows):
        return None
    none = np.zeros(table.num_rows, dtype=np.int64)
    return Given(f"panel {panel}, columns ref_in", np.stack([none if row is None else row.values for row in rows]))


def _flags(table: Any, panel: str, name: str) -> Given | None:
    """The column, None where it is absent or blank throughout the panel."""
    if name not in table.column_names:
        return None
    column = table.column(name)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values = np.array([_flag(name, text) for text in column.to_pylist()])
    else:
        values = _numbers(table, name)
    blank = np.isnan(values)
    if blank.all():
        return None
    if blank.any():
        raise UserError(
            f"panel {panel}, column {name}: expected 0 or 1 in all rows or in none, got {blank.sum():,} blank rows of "
            f"{len(blank):,}; records of the target whose membership the attacker knows go to the panel 'known'"
        )
    if (values % 1).any():
        raise UserError(f"panel {panel}, column {name}: expected 0 and 1 only, got {values[(values % 1) != 0][0]:g}")
    return Given(f"panel {panel}, column {name}", values.astype(np.int64))


def _flag(name: str, text: str | None) -> float:
    key = (text or "").strip().lower()
    if key not in FLAGS:
        raise UserError(f"column {name}: expected 1, 0 or blank, got {text!r}")
    return FLAGS[key]
