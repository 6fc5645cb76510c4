"""Finds out what the columns of a table mean: as documented, or as users of R, pandas and scikit-learn write them.

Nothing is guessed: a name that could mean two things is refused, and every reading other than the documented one is
reported in a sentence.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError
from miaudit.messages import NAME, cut, listed, shortened
from miaudit.reading.columns import Columns

PLAIN = ("label", "member", "panel", "id")
NUMBERED = re.compile(r"p(0|[1-9][0-9]{0,8})")
REFERENCE = re.compile(r"ref(0|[1-9][0-9]{0,8})_(.+)")
ROW_NAMES = ("", "X", "Unnamed: 0", "...1", "rownames", "row.names")
BEFORE_CLASS = ("", "p_", "prob_", ".pred_", "pred_")  # what R's and Python's programs put before a class's name


@dataclass(frozen=True)
class Layout:
    """The meaning of a table's columns."""

    classes: int
    target: tuple[str, ...]  # one column per class, or one alone: the probability of class 1
    references: tuple[tuple[str, ...], ...] = ()  # likewise, of each reference model
    labels: dict[str, int] | None = None  # text of a label -> class; None where labels are numbers
    told: tuple[str, ...] = ()


def layout_of(columns: Columns) -> Layout:
    """Find out what the columns mean; raises UserError if one has no meaning, or may have two."""
    if "label" not in columns.arrays:
        raise UserError(f"expected a column 'label', got {listed(columns.names)}")
    outputs = [name for name in columns.names if name not in PLAIN and not REFERENCE.fullmatch(name)]
    if "p0" not in outputs:
        labels = _labels(columns)
        alone = [] if any(name.endswith("_p0") for name in columns.names) else outputs
        found = _one_column(alone, labels) or _from_one(outputs, labels) or _by_class(outputs, labels)
        if found is not None:
            return _with_references(columns, found)
    return _with_references(columns, _documented(columns, outputs))


def without_row_names(columns: Columns) -> Columns:
    """Drop a first column that numbers or names the rows, as R and pandas write it."""
    first = columns.names[0] if columns.names else None
    if first is None or first not in ROW_NAMES:
        return columns
    texts = columns.texts(first)
    if len(set(texts)) < len(texts) or (first == "X" and "X" in columns.texts("label").tolist()):
        return columns  # no names of rows: it will be refused, or is a class
    return columns.without(first, f"The first column, {first!r}, holds names of the rows, as R and pandas write them.")


def _labels(columns: Columns) -> list[str]:
    """List the distinct labels as text, in the order in which they come."""
    return list(dict.fromkeys(text for text in columns.texts("label").tolist() if text is not None))


def _documented(columns: Columns, outputs: list[str]) -> Layout:
    numbers = [int(match[1]) for name in outputs if (match := NUMBERED.fullmatch(name))]
    classes = max(2, 1 + max(numbers, default=0))
    if classes > 2 * len(columns.names):  # a number that cannot be meant
        raise UserError(
            f"expected columns p0, p1, ... without a gap, got {len(columns.names):,} columns for {classes:,} classes; "
            "number the classes from 0"
        )
    return Layout(classes, tuple(f"p{c}" for c in range(classes)))


def _one_column(outputs: list[str], labels: list[str]) -> Layout | None:
    """Recognise a single column with the output of a binary model."""
    if outputs not in (["p"], ["p1"]):
        return None
    name = outputs[0]
    if not set(labels) <= {"0", "1"}:
        raise UserError(
            f"expected labels 0 and 1 beside the one column {name!r}, the probability of class 1, got {_some(labels)}; "
            "write a column of probabilities for each class, p0, p1, ..."
        )
    return Layout(2, (name,), told=(f"Column {name!r} holds the probability of class 1, and 1 - {name} that of 0.",))


def _from_one(outputs: list[str], labels: list[str]) -> Layout | None:
    """Recognise columns p1, ..., pC with labels 1, ..., C."""
    count = len(outputs)
    if count < 2 or outputs != [f"p{c}" for c in range(1, count + 1)]:
        return None
    names = {str(c + 1): c for c in range(count)}
    if not set(labels) <= set(names):
        raise UserError(
            f"expected labels 1 to {count} beside the columns p1 to p{count}, got {_some(labels)}; number both from 0"
        )
    told = f"Classes are numbered from 1, in the labels and in the columns p1 to p{count}."
    return Layout(count, tuple(outputs), labels=names, told=(told,))


def _by_class(outputs: list[str], labels: list[str]) -> Layout | None:
    """Recognise a column for each class, named after it."""
    before = next((start for start in BEFORE_CLASS if _all_named(outputs, labels, start)), None)
    if before is None:
        return None
    names = {name.removeprefix(before): c for c, name in enumerate(outputs)}
    told = f"Probabilities are in the columns {listed(outputs)}, which are matched to the labels by name."
    return Layout(len(outputs), tuple(outputs), labels=names, told=(told,))


def _all_named(outputs: list[str], labels: list[str], before: str) -> bool:
    """Tell whether there are two or more such columns, and one for each label."""
    named = len(outputs) > 1 and all(name.startswith(before) for name in outputs)
    return named and bool(labels) and {f"{before}{label}" for label in labels} <= set(outputs)


def _with_references(columns: Columns, found: Layout) -> Layout:
    """Add the references' columns to a layout, and refuse columns that are missing or have no meaning."""
    numbers = {int(match[1]) for name in columns.names if (match := REFERENCE.fullmatch(name))}
    count = 1 + max(numbers, default=-1)
    if count > len(columns.names):  # a number that cannot be meant
        raise UserError(f"expected reference models numbered from 0 without a gap, got {max(numbers):,}")
    references = tuple(tuple(f"ref{r}_{name}" for name in found.target) for r in range(count))
    needed = ["label", *found.target, *(name for reference in references for name in reference)]
    missing = [name for name in needed if name not in columns.arrays]
    allowed = {*needed, *PLAIN, *(f"ref{r}_in" for r in range(count))}
    unknown = [name for name in columns.names if name not in allowed]
    if missing:
        _refuse_missing(columns, missing, unknown)
    if unknown:
        _refuse_unknown(unknown[0], allowed)
    return Layout(found.classes, found.target, references, found.labels, found.told)


def _refuse_missing(columns: Columns, missing: list[str], unknown: list[str]) -> None:
    advice = ""
    if unknown and missing[0] == "p0":
        advice = f"; no column is named after the labels either, {_some(_labels(columns))}"
    raise UserError(
        f"expected a column {missing[0]!r} ({len(missing):,} columns are missing), got {listed(columns.names)}{advice}"
    )


def _refuse_unknown(name: str, allowed: set[str]) -> None:
    if not name.strip():
        raise UserError("got a column without a name: row numbers, as R and pandas write them? Remove it or name it")
    close = get_close_matches(name[:NAME], sorted(allowed), n=1)
    hint = f"did you mean {close[0]!r}?" if close else "remove it"
    raise UserError(f"there is no column {cut(name, NAME)!r} in the format: {hint}")


def _some(labels: list[str]) -> str:
    return listed([shortened(label) for label in labels[:4]]) + (", ..." if len(labels) > 4 else "")


def classes_from(columns: Columns, layout: Layout) -> npt.NDArray[Any]:
    """Read the classes (n,), from 0; raises UserError if a label is blank, no whole number, or no class's name."""
    if layout.labels is None:
        return _numbered(columns)
    texts = columns.texts("label").tolist()
    if None in texts:
        raise UserError(f"column label: expected a class in every row, got {texts.count(None):,} blank rows")
    return np.array([layout.labels[text] for text in texts], dtype=np.int64)


def _numbered(columns: Columns) -> npt.NDArray[Any]:
    try:
        return columns.whole("label")
    except UserError as error:
        if not columns.is_text("label"):
            raise
        hint = "write the classes as numbers from 0, or name the columns of probabilities after them"
        raise UserError(f"{error}; {hint}") from None
