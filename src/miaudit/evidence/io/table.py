"""Evidence as a table, in any format that is read: one row per record of a panel.

label           class from 0
p0 ... p{C-1}   the probabilities that the target gives; on a shadow's rows, those that the shadow gives
member          1 or 0; blank where it is not known; for the audited records it goes to the metrics only
panel           audit (where the column is absent), known, population, shadow.0, shadow.1, ...
id              optional: the same id is the same record, in any panel
ref{r}_p{c}     the probabilities that reference model r gives; blank throughout a panel that has no references
ref{r}_in       1 where reference r was trained on the record; absent or blank throughout a panel: on none

`loss` or `score`, and `ref{r}_loss` or `ref{r}_score`, take the place of the probabilities of a model that is no
classifier; `label` may then be absent.

Other names and forms are understood by `miaudit.evidence.io.interpret`; here they are turned into panels.
"""

import re
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats, Ids, Ints
from miaudit.errors import UserError
from miaudit.evidence.checks import NamedArray
from miaudit.evidence.io.draft import Draft
from miaudit.evidence.io.flags import flags
from miaudit.evidence.io.forms import read_form
from miaudit.evidence.io.names import class_text
from miaudit.evidence.io.ranked import ranked_outputs
from miaudit.evidence.io.stored import Stored
from miaudit.evidence.io.understood import Understood
from miaudit.messages import shortened
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.reading.columns import Columns

PANEL = re.compile(r"audit|known|population|shadow\.(?:0|[1-9][0-9]*)")


class Tabled(NamedTuple):
    """The panels of a table, unchecked, and what else it says of the audited records."""

    drafts: dict[str, Draft]
    ids: Ids | None  # (n,) where the records' names are no whole numbers
    further: dict[str, npt.NDArray[Any]]  # columns that are kept, each (n,)


class _Read(NamedTuple):
    """All rows of a table as arrays."""

    labels: Ints  # (n,)
    target: Floats  # (n, C)
    references: Floats  # (R, n, C), NaN where a cell is blank
    kind: OutputKind
    inside: Floats  # (R, n), NaN where a cell is blank
    member: Floats | None  # (n,)
    ids: Ints | None  # (n,)


def panels_of(columns: Columns, found: Understood) -> Tabled:
    """The panels that the columns hold, unchecked; raises UserError where a cell is not what its column says."""
    rows = _panel_rows(columns)
    names = None if found.ids is None else _names(columns, found.ids)
    read = _read(columns, found, names)
    drafts = {name: _draft(read, name, of_panel) for name, of_panel in rows.items()}
    audited = rows.get("audit", np.arange(0))
    further = {name: _plain_column(columns, name)[audited] for name in found.kept}
    texts = None if names is None or names.dtype.kind == "i" else names[audited]
    return Tabled(drafts, texts, further)


def _panel_rows(columns: Columns) -> dict[str, Ints]:
    """The rows of each panel, panels in the order in which they come."""
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


def _read(columns: Columns, found: Understood, names: Ids | None) -> _Read:
    inside = [_inside(columns, f"ref{r}_in") for r in range(len(found.references))]
    _check_filled(columns, found.columns)
    target, kind = _outputs(columns, found, found.columns)
    references = [_outputs(columns, found, columns_of_one)[0] for columns_of_one in found.references]
    nothing = np.zeros((0, columns.rows, target.shape[1]))
    return _Read(
        labels=_labels(columns, found),
        target=target,
        references=np.stack(references) if references else nothing,
        kind=kind,
        inside=np.stack(inside) if inside else nothing[:, :, 0],
        member=None if found.member is None else flags(columns, found.member, found.member_value),
        ids=None if names is None else _numbers(names),
    )


def _outputs(columns: Columns, found: Understood, names: tuple[str, ...]) -> tuple[Floats, OutputKind]:
    """(n, C), NaN where a cell is blank."""
    if found.ranked:
        return ranked_outputs(columns, found), "probs"
    return read_form(np.stack([columns.numbers(name) for name in names], axis=1), found.form)


def _check_filled(columns: Columns, names: tuple[str, ...]) -> None:
    """Raise UserError where an output of the target is blank or infinite."""
    for name in names:
        wrong = ~np.isfinite(columns.numbers(name))
        if wrong.any():
            row = int(np.argmax(wrong)) + 1
            raise UserError(
                f"column {name}: expected a finite number in every row, got a blank or infinite one in row {row:,} "
                f"({wrong.sum():,} such rows); leave these records out"
            )


def _labels(columns: Columns, found: Understood) -> Ints:
    """(n,) classes from 0; raises UserError where a label is blank, or no whole number although it has to be one."""
    if found.form in SCALARS or found.label is None:
        return np.zeros(columns.rows, dtype=np.int64)
    if found.codes is None:
        return _numbered(columns, found.label, found)
    texts = columns.texts(found.label).tolist()
    if None in texts:
        raise UserError(f"column {found.label}: expected a class in every row, got {texts.count(None):,} blank rows")
    codes = {text: found.codes[class_text(text)] for text in set(texts)}
    return np.array([codes[text] for text in texts], dtype=np.int64)


def _numbered(columns: Columns, label: str, found: Understood) -> Ints:
    try:
        return columns.whole(label)
    except UserError as error:
        if not columns.is_text(label):
            raise
        hint = "write the classes as numbers from 0, or name the columns of probabilities after them"
        option = f"--probabilities {found.columns[0]}=CLASS,{found.columns[1]}=CLASS,..."
        raise UserError(f"{error}; {hint}, or say which column is of which class by {option}") from None


def _names(columns: Columns, name: str) -> Ids:
    """(n,) names of the records: whole numbers, else texts; raises UserError where one is blank."""
    try:
        return columns.whole(name)
    except UserError:
        if not columns.is_text(name):
            raise
    texts = columns.texts(name)
    if columns.blanks(name):
        raise UserError(f"column {name}: expected an id in every row, got {columns.blanks(name):,} blank rows")
    return texts.astype(str)


def _numbers(names: Ids) -> Ints:
    """The names as whole numbers, in the order in which they first come."""
    if names.dtype.kind == "i":
        return names.astype(np.int64)
    _, first, codes = np.unique(names, return_index=True, return_inverse=True)
    places: Ints = np.argsort(np.argsort(first))[codes].astype(np.int64)
    return places


def _plain_column(columns: Columns, name: str) -> npt.NDArray[Any]:
    """(n,) of any type; lists and bytes as text."""
    try:
        array = columns.cells(name)
    except UserError:
        return np.array([None if value is None else str(value) for value in columns.arrays[name].to_pylist()], object)
    values: npt.NDArray[Any] = array.to_numpy() if not columns.is_text(name) else np.array(array.to_pylist(), object)
    return values


def _inside(columns: Columns, name: str) -> Floats:
    return flags(columns, name) if name in columns.arrays else np.full(columns.rows, np.nan)


def _draft(read: _Read, panel: str, rows: Ints) -> Draft:
    references = read.references[:, rows]
    outputs = None if np.isnan(references).all() else Stored(f"panel {panel}, columns ref_p", references, read.kind)
    return Draft(
        name=panel,
        labels=NamedArray(f"panel {panel}, column label", read.labels[rows]),
        target=Stored(f"panel {panel}, columns p", read.target[rows][None], read.kind),
        references=outputs,
        in_reference=_flags_inside(panel, read.inside[:, rows]),
        member=None if read.member is None else _whole_flags(panel, "member", read.member[rows]),
        ids=None if read.ids is None else NamedArray(f"panel {panel}, column id", read.ids[rows]),
    )


def _flags_inside(panel: str, inside: Floats) -> NamedArray | None:
    """(R, n), or None where no reference of this panel has the column filled in."""
    found = [_whole_flags(panel, f"ref{r}_in", row) for r, row in enumerate(inside)]
    if all(row is None for row in found):
        return None
    none = np.zeros(inside.shape[1], dtype=np.int64)
    return NamedArray(
        f"panel {panel}, columns ref_in", np.stack([none if row is None else row.values for row in found])
    )


def _whole_flags(panel: str, name: str, values: Floats) -> NamedArray | None:
    """The panel's part of a column, None where it is blank throughout."""
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
    return NamedArray(f"panel {panel}, column {name}", values.astype(np.int64))
