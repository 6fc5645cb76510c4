"""Reads evidence from a table, `.parquet` or `.csv`, with one row per record of a panel.

label           class from 0
p0 ... p{C-1}   the probabilities that the target gives; on a shadow's rows, those that the shadow gives
member          1 or 0; blank where it is not known; for the audited records it goes to the metrics only
panel           audit (where the column is absent), known, population, shadow.0, shadow.1, ...
id              optional whole number: the same id is the same record, in any panel
ref{r}_p{c}     the probabilities that reference model r gives; blank throughout a panel that has no references
ref{r}_in       1 where reference r was trained on the record; absent or blank throughout a panel: on none

Other names that programs give to these columns are read by `miaudit.evidence.io.layout`.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence.checks import Given
from miaudit.evidence.io.draft import Draft
from miaudit.evidence.io.flags import flags, words_told
from miaudit.evidence.io.layout import Layout, classes_from, layout_of, without_row_names
from miaudit.evidence.io.stored import Stored
from miaudit.messages import shortened
from miaudit.reading.columns import Columns
from miaudit.reading.csv_file import read_csv
from miaudit.reading.parquet_file import read_parquet

PROBABILITY = re.compile(r"(?:ref(0|[1-9][0-9]*)_)?p(0|[1-9][0-9]*)")
PANEL = re.compile(r"audit|known|population|shadow\.(?:0|[1-9][0-9]*)")
WHAT = "an evidence file"


class Tabled(NamedTuple):
    """The unchecked panels of a table, and sentences on how it was read."""

    drafts: dict[str, Draft]
    told: tuple[str, ...]


class _Read(NamedTuple):
    """All rows of a table, as arrays."""

    labels: Ints  # (n,)
    target: Floats  # (n, C)
    references: Floats  # (R, n, C), NaN where a cell is blank
    inside: Floats  # (R, n), NaN where a cell is blank
    member: Floats | None  # (n,)
    ids: Ints | None  # (n,)


def read_columns(path: Path) -> Columns:
    """Read the columns of a `.parquet` or `.csv` file; raises UserError if it cannot be read."""
    return read_csv(path, WHAT, _type) if path.suffix.lower() == ".csv" else read_parquet(path, WHAT)


def panels_of(table: Columns) -> Tabled:
    """Extract the panels from the columns, unchecked; raises UserError if the columns do not fit together."""
    columns = without_row_names(table)
    layout = layout_of(columns)
    rows = _panel_rows(columns)
    read = _read(columns, layout)
    drafts = {name: _draft(read, name, of_panel) for name, of_panel in rows.items()}
    return Tabled(drafts, (*columns.told, *layout.told, *words_told(columns, "member")))


def _type(name: str) -> pa.DataType:
    """Return the type of a column; the types that pyarrow guesses depend on which rows come first."""
    return pa.float64() if PROBABILITY.fullmatch(name) else pa.string()


def _panel_rows(columns: Columns) -> dict[str, Ints]:
    """Find the rows of each panel, in the order in which the panels come."""
    if "panel" not in columns.arrays:
        return {"audit": np.arange(columns.rows)} if columns.rows else {}
    names = columns.texts("panel").astype(str)
    unique, first, codes = np.unique(names, return_index=True, return_inverse=True)
    wrong = next((name for name in unique if not PANEL.fullmatch(name)), None)
    if wrong is not None:
        came = "a blank row" if wrong == "None" else shortened(str(wrong))
        raise UserError(f"column panel: expected audit, known, population, shadow.0, shadow.1, ...; got {came}")
    parts = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes, minlength=len(unique)))[:-1])
    return {str(unique[k]): parts[k] for k in np.argsort(first)}


def _read(columns: Columns, layout: Layout) -> _Read:
    inside = [_inside(columns, f"ref{r}_in") for r in range(len(layout.references))]
    references = [_probabilities(columns, names) for names in layout.references]
    nothing = np.zeros((0, columns.rows, layout.classes))
    return _Read(
        labels=classes_from(columns, layout),
        target=_probabilities(columns, layout.target),
        references=np.stack(references) if references else nothing,
        inside=np.stack(inside) if inside else nothing[:, :, 0],
        member=flags(columns, "member") if "member" in columns.arrays else None,
        ids=_ids(columns) if "id" in columns.arrays else None,
    )


def _ids(columns: Columns) -> Ints:
    try:
        return columns.whole("id")
    except UserError as error:
        found = str(error).partition(";")[0]
        raise UserError(f"{found}; ids are whole numbers: number the records, or leave the column out") from None


def _probabilities(columns: Columns, names: tuple[str, ...]) -> Floats:
    """Read probabilities (n, C), NaN where a cell is blank; a single column is that of class 1."""
    values = [columns.numbers(name) for name in names]
    return np.stack([1 - values[0], values[0]] if len(values) == 1 else values, axis=1)


def _inside(columns: Columns, name: str) -> Floats:
    return flags(columns, name) if name in columns.arrays else np.full(columns.rows, np.nan)


def _draft(read: _Read, panel: str, rows: Ints) -> Draft:
    references = read.references[:, rows]
    outputs = None if np.isnan(references).all() else Stored(f"panel {panel}, columns ref_p", references, "probs")
    return Draft(
        name=panel,
        labels=Given(f"panel {panel}, column label", read.labels[rows]),
        target=Stored(f"panel {panel}, columns p", read.target[rows][None], "probs"),
        references=outputs,
        in_reference=_flags_inside(panel, read.inside[:, rows]),
        member=None if read.member is None else _whole_flags(panel, "member", read.member[rows]),
        ids=None if read.ids is None else Given(f"panel {panel}, column id", read.ids[rows]),
    )


def _flags_inside(panel: str, inside: Floats) -> Given | None:
    """Read in_reference (R, n); None if no reference of this panel has its column filled in."""
    found = [_whole_flags(panel, f"ref{r}_in", row) for r, row in enumerate(inside)]
    if all(row is None for row in found):
        return None
    none = np.zeros(inside.shape[1], dtype=np.int64)
    return Given(f"panel {panel}, columns ref_in", np.stack([none if row is None else row.values for row in found]))


def _whole_flags(panel: str, name: str, values: Floats) -> Given | None:
    """Read the panel's part of a column of flags; None if it is blank throughout."""
    blank: npt.NDArray[np.bool_] = np.isnan(values)
    if blank.all():
        return None
    if blank.any():
        raise UserError(
            f"panel {panel}, column {name}: expected 0 or 1 in all rows or in none, got {blank.sum():,} blank rows of "
            f"{len(blank):,}; records of the target whose membership the attacker knows go to the panel 'known'"
        )
    wrong = values[(values != 0) & (values != 1)]
    if wrong.size:
        raise UserError(f"panel {panel}, column {name}: expected 0 and 1 only, got {wrong[0]:g} ({wrong.size:,} times)")
    return Given(f"panel {panel}, column {name}", values.astype(np.int64))
