"""Finds the columns of reference models in a table: `ref{r}_` before the names of the target's columns."""

import re

from miaudit.errors import UserError
from miaudit.evidence.io.pair import names_in
from miaudit.reading.columns import Columns

REFERENCE = re.compile(r"ref(0|[1-9][0-9]{0,8})_(.+)")
NUMBERED = re.compile(r"p(0|[1-9][0-9]{0,8})|in")


def reference_columns(columns: Columns, target: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """For each reference model its columns, in the order of the target's.

    Raises:
        UserError: one is missing, of the target or of a reference.
    """
    matches = [match for name in columns.names if (match := REFERENCE.fullmatch(name))]
    numbers = {int(match[1]) for match in matches if match[2] in target or NUMBERED.fullmatch(match[2])}
    count = 1 + max(numbers, default=-1)
    if count > len(columns.names):  # a number that cannot be meant
        raise UserError(f"expected reference models numbered from 0 without a gap, got {max(numbers):,}")
    references = tuple(tuple(f"ref{r}_{name}" for name in target) for r in range(count))
    needed = [*target, *(name for reference in references for name in reference)]
    shown = [match[2] for match in matches if NUMBERED.fullmatch(match[2]) and match[2] not in (*target, "in")]
    missing = [name for name in dict.fromkeys((*shown, *needed)) if name not in columns.arrays]
    missing += [name for name in shown if name in columns.arrays and name not in missing]
    if missing:
        raise UserError(
            f"expected a column {missing[0]!r} ({len(missing):,} columns are missing), got {names_in(columns)}"
        )
    return references
