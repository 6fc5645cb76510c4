"""Turns records into numbers that JSON can carry, and the numbers in an answer into outputs."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError
from miaudit.features.base import Features, Inputs
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


def only_list(answer: Any) -> Any:
    """The only list in a JSON document, which then holds the outputs; the document itself where it has none.

    Raises:
        UserError: the document has several lists.

    >>> only_list({"model": "v2", "result": {"scores": [[0.1, 0.9]]}})
    [[0.1, 0.9]]
    """
    paths = _lists_in(answer)
    if len(paths) > 1:
        raise UserError(f"the endpoint's answer has lists at {listed(paths)}: set `answer` to the path of the outputs")
    return found_at(answer, paths[0]) if paths else answer


def _lists_in(answer: Any) -> list[str]:
    """Dotted paths of the lists in nested objects."""
    if not isinstance(answer, dict):
        return []
    inner = {str(key): part for key, part in answer.items()}
    own = [key for key, part in inner.items() if isinstance(part, list)]
    return own + [f"{key}.{path}" for key, part in inner.items() for path in _lists_in(part)]


class Order(NamedTuple):
    """The order of the classes, by which rows that are objects are read."""

    class_names: tuple[str, ...] = ()  # as the user gives them; empty where they do not
    labels: tuple[str, ...] = ()  # of the records, in the order of the classes; empty where they are just numbered

    def of(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """The names in the row in the order of the classes.

        The labels of the records come first, then the user's names, then numbers from 0.

        Raises:
            UserError: the row has other names than these, or the user's names contradict labels that it has.

        >>> Order(labels=("no", "yes")).of({"yes": 0.75, "no": 0.25})
        ('no', 'yes')
        """
        numbered = () if self.class_names or self.labels else tuple(map(str, range(len(row))))
        for names in (self.labels, self.class_names, numbered):
            if names and set(row) == set(names):
                self._check_agree(names)
                return names
        has = f", and the records have the labels {listed(self.labels)}" if self.labels else ""
        has = f", but `class_names` has {listed(self.class_names)}" if self.class_names else has
        raise UserError(
            f"the endpoint answers with the names {listed(row)}{has}: set `class_names` to the names in the answer, in "
            "the order of the labels 0..C-1"
        )

    def _check_agree(self, names: tuple[str, ...]) -> None:
        if self.class_names and self.class_names != names:
            raise UserError(
                f"`class_names` ({listed(self.class_names)}) contradicts the labels of the records, which are names "
                f"in the endpoint's answer ({listed(names)}, in order): leave `class_names` out"
            )


def numbers(rows: Any, order: Order) -> npt.NDArray[Any]:
    """The rows of an answer as an array; rows that are objects are put into the order of the classes.

    Raises:
        UserError: they make no array of numbers, or objects do not have exactly the classes' names.
    """
    if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
        rows = [[row[name] for name in order.of(row)] for row in rows]
    try:
        array = np.asarray(rows)
        return array.astype(np.float64) if array.dtype == object else array  # null becomes NaN
    except (TypeError, ValueError):
        raise UserError(
            f"expected a list of n rows with C numbers each in the endpoint's answer, got {shortened(rows)}"
        ) from None


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


def as_lists(x: Inputs, blanks: bool) -> list[Any]:
    """The records (n, ...) as nested lists, objects or texts; NaN becomes null where the protocol knows blanks.

    Raises:
        UserError: a record holds something that JSON has no word for.
    """
    if isinstance(x, Features):
        return x.as_json()
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
