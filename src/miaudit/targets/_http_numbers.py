"""Turns records into numbers that JSON can carry, and the numbers in an answer into outputs."""

from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.messages import listed, shortened
from miaudit.model_outputs import check_finite


def found_at(answer: Any, path: str) -> Any:
    """The part of a JSON document at a dotted path: keys, places in lists, or `*` for every item of a list.

    Raises:
        UserError: the document has no such part.

    >>> found_at({"rows": [{"p": [0.1, 0.9]}, {"p": [0.3, 0.7]}]}, "rows.*.p")
    [[0.1, 0.9], [0.3, 0.7]]
    """
    step, _, rest = path.partition(".")
    if not step:
        return answer
    if step == "*" and isinstance(answer, list):
        return [found_at(item, rest) for item in answer]
    if isinstance(answer, dict) and step in answer:
        return found_at(answer[step], rest)
    if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
        return found_at(answer[int(step)], rest)
    came = f"the keys {listed(map(str, answer))}" if isinstance(answer, dict) else shortened(answer)
    raise UserError(f"expected {step!r} in the endpoint's answer, got {came}; set `answer` to the outputs' path")


def numbers(rows: Any, class_names: tuple[str, ...]) -> npt.NDArray[Any]:
    """The rows of an answer as an array; rows that are objects are put into the order of the classes.

    Raises:
        UserError: they make no array of numbers, or objects do not have exactly the classes' names.
    """
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        rows = [_in_order(row, class_names) for row in rows]
    try:
        array = np.asarray(rows)
        return array.astype(np.float64) if array.dtype == object else array  # null becomes NaN
    except (TypeError, ValueError):
        raise UserError(
            f"expected a list of n rows with C numbers each in the endpoint's answer, got {shortened(rows)}"
        ) from None


def _in_order(row: dict[str, Any], class_names: tuple[str, ...]) -> list[Any]:
    if set(row) != set(class_names):
        has = f"`class_names` has {listed(class_names)}" if class_names else "their order is unknown"
        raise UserError(
            f"the endpoint answers with the names {listed(row)}, but {has}: set `class_names` to these names in the "
            "order of the labels 0..C-1"
        )
    return [row[name] for name in class_names]


def as_rows(name: str, values: npt.NDArray[Any], records: int, columns: int | None = None) -> npt.NDArray[Any]:
    """The numbers of an answer in rows (n, k); k is 1 where there is one number per record.

    Args:
        name: the endpoint's name, for messages.
        values: what `numbers` made of the answer.
        records: n, the number of records that it was asked about.
        columns: k, where it is known from earlier answers.

    Raises:
        UserError: these are no numbers, not all are finite, or there is no row for each record.

    >>> as_rows("the endpoint", np.array([0.25, 0.5]), 2).tolist()
    [[0.25], [0.5]]
    """
    asked = f"{name}, asked about {records:,} record{'s' if records != 1 else ''}"
    if values.dtype.kind not in "biuf":
        raise UserError(f"{asked}: expected numbers, got {values.dtype}; set `answer` to the path of the outputs")
    rows = values.reshape(len(values), 1) if values.ndim == 1 else values
    if rows.ndim != 2 or len(rows) != records or rows.shape[1] != (columns or rows.shape[1]) or not rows.shape[1]:
        expected = f"({records}, {columns})" if columns else f"({records},) or ({records}, C)"
        raise UserError(f"{asked}: expected numbers {expected}, it gave {values.shape}")
    check_finite(asked, rows)
    return rows


def as_lists(x: Floats, blanks: bool) -> list[Any]:
    """The records (n, ...) as nested lists; NaN becomes null where the protocol knows blanks.

    Raises:
        UserError: a record holds a number that JSON has no word for.
    """
    wrong = np.isinf(x) if blanks else ~np.isfinite(x)
    if wrong.any():
        value = x[wrong].flat[0]
        raise UserError(f"the records hold {value}, which JSON cannot carry: fill in or leave out such values")
    blank = np.isnan(x)
    if not blank.any():
        return x.tolist()
    plain = x.astype(object)
    plain[blank] = None
    return plain.tolist()
