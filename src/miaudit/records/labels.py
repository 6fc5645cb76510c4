"""Turns labels of any kind (text, numbers from 1 or with gaps, truth values, one-hot) into classes 0..C-1."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.guard import as_array
from miaudit.messages import listed, shortened

Values = npt.NDArray[Any]  # int64, bool or str
SHOWN = 5  # labels that a message tells


class Labels(NamedTuple):
    """Labels of n records, as the user has them."""

    values: Values  # (n,)
    names: tuple[str, ...] = ()  # of the columns of one-hot labels, where these have names
    one_hot: int = 0  # number of these columns; 0 if labels were no rows


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of n records. Labels are names: what they are called costs nothing, whatever numbers they are."""

    values: Values  # (U,) the distinct labels, rising
    place: Ints  # (n,) each record's among them
    known: int = 0  # number of labels that the model itself knows; 0 if it knows only places of outputs
    names: tuple[str, ...] = ()  # of the classes, where these are known beside their numbers
    one_hot: bool = False

    def reordered(self, order: Ints) -> "Classes":
        """The same classes for the records in another order."""
        return replace(self, place=self.place[order])

    def codes(self, columns: int | None = None) -> Ints:
        """Classes (n,) from 0.

        Labels that may be columns of the model's outputs stay as they are. Others stand for the columns in sorted
        order, of which there must then be as many as labels.

        Raises:
            UserError: the labels do not fit so many columns.
        """
        if self._are_columns(columns):
            return self.values[self.place]
        if columns is None or self.known or max(len(self.values), 2) == columns:
            return self.place
        raise self._unfit(columns)

    def titles(self, columns: int) -> tuple[str, ...]:
        """Names of the classes; empty where they are just numbered from 0."""
        if len(self.names) == columns:
            return self.names
        as_they_are = self._are_columns(columns) or (self.values.dtype.kind == "i" and self.are_numbered)
        return () if as_they_are else tuple(str(value) for value in self.values.tolist())

    def taken_in_order(self, columns: int) -> str:
        """A sentence where it was assumed which output belongs to which label; empty where that is known."""
        if self.known or self.one_hot or self.are_numbered or self._are_columns(columns):
            return ""
        labels = listed(map(str, self.values.tolist()))
        return f"Outputs that the model does not name are taken in the sorted order of the labels ({labels})."

    @property
    def for_training(self) -> Values | None:
        """What models like the user's are fitted on: (U,) labels, or rows (U, U) if one-hot; None where 0..U-1."""
        if self.one_hot:
            return np.eye(len(self.values), dtype=np.int64)
        return None if self.are_numbered else self.values

    @property
    def are_numbered(self) -> bool:
        """Are they 0..U-1, or no and yes?"""
        return self.values.dtype.kind in "ib" and bool((self.values == np.arange(len(self.values))).all())

    def _are_columns(self, columns: int | None) -> bool:
        if self.known or self.values.dtype.kind != "i" or int(self.values[0]) < 0:
            return False
        return columns is None or int(self.values[-1]) < columns

    def _unfit(self, columns: int) -> UserError:
        if self._are_columns(None):
            return UserError(
                f"expected labels 0..{columns - 1}, as the target knows {columns} classes; got {int(self.values[-1])}"
            )
        more = ", ..." if len(self.values) > SHOWN else ""
        return UserError(
            f"expected {columns} different labels, as the target knows {columns} classes; got {len(self.values):,} "
            f"({', '.join(map(str, self.values[:SHOWN].tolist()))}{more}): which output belongs to which label cannot "
            f"be told; give labels 0..{columns - 1}, the places of the outputs"
        )


def read_labels(name: str, given: Any) -> Labels:
    """Labels of any kind as an array (n,).

    A column (n, 1) and whole numbers of floating-point type are read as what they mean, rows with a single 1 each as
    the place of the 1.

    Args:
        name: what the user calls the records, such as "members", for messages.
        given: anything that NumPy can read.

    Raises:
        UserError: some labels are missing, or they are none of a classifier.

    >>> read_labels("members", [1.0, 2.0, 1.0]).values
    array([1, 2, 1])
    >>> read_labels("members", [[0, 1], [1, 0]]).values
    array([1, 0])
    """
    values = as_array(given)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2:
        columns = getattr(given, "columns", None)
        names = () if columns is None or callable(columns) else tuple(str(column) for column in columns)
        return Labels(_places(name, values), names, values.shape[1])
    if values.ndim != 1:
        raise UserError(f"{name}: expected labels y (n,), got {values.shape}")
    return Labels(_plain(name, values))


def classes_of(parts: Sequence[Labels], known: Any = None) -> Classes:
    """The classes of several parts of the records.

    Args:
        parts: the labels of each part.
        known: (K,) labels that the model knows itself, in any order; None where it knows none.

    Raises:
        UserError: some labels are text and others numbers, or parts have other names for the same number.

    >>> found = classes_of([read_labels("members", ["no", "yes"]), read_labels("nonmembers", ["yes"])])
    >>> found.titles(2), found.codes().tolist()
    (('no', 'yes'), [0, 1, 1])
    """
    own = [part.values for part in parts]
    of_model = [] if known is None else [_plain("the model", as_array(known))]
    text = {each.dtype.kind == "U" for each in (*own, *of_model) if each.size}
    if len(text) > 1:
        told = listed(shortened(each[0].item()) for each in (*own, *of_model) if each.size)
        raise UserError(
            f"expected labels of one kind, got text and numbers ({told}): give the labels that the model was trained on"
        )
    _check_same_names([part.names for part in parts])
    width = max(part.one_hot for part in parts)
    every = [np.arange(width)] if width else of_model
    values, place = np.unique(np.concatenate([*own, *every]), return_inverse=True)
    names = parts[0].names if all(part.names == parts[0].names for part in parts) else ()
    count = sum(map(len, own))
    return Classes(values, place[:count].astype(np.int64), sum(map(len, of_model)), names, bool(width))


def _check_same_names(parts: Sequence[tuple[str, ...]]) -> None:
    """Raise UserError where a number stands for different classes in two parts."""
    for number, names in enumerate(zip_longest(*parts)):
        different = sorted({name for name in names if name is not None})
        if len(different) > 1:
            raise UserError(
                f"expected the classes in the same order in all parts, got {listed(map(shortened, different))} as "
                f"class {number}: number them alike, or give their names as labels"
            )


def _plain(name: str, values: Values) -> Values:
    """As int64, bool or str."""
    if values.dtype.kind in "ST":  # bytes, or NumPy's own strings
        values = np.array(
            [each if isinstance(each, str) else each.decode(errors="replace") for each in values.tolist()]
        )
    if values.dtype.kind == "O":
        values = _same_kind(name, values)
    if values.dtype.kind in "biU":
        return values.astype(np.int64) if values.dtype.kind == "i" else values
    if values.dtype.kind == "u" and values.max(initial=0) < 2**63:
        return values.astype(np.int64)
    if values.dtype.kind == "f":
        return _whole(name, values)
    came = f"{shortened(str(values.flat[0]))} ({values.dtype})" if values.size else f"none ({values.dtype})"
    raise UserError(f"{name}: expected labels that are text, whole numbers or truth values, got {came}")


def _same_kind(name: str, values: Values) -> Values:
    """An array of objects as one of their own type."""
    missing = [value is None or type(value).__name__ == "NAType" or value != value for value in values.tolist()]
    if any(missing):
        raise UserError(
            f"{name}: expected a label for every record, got none for {sum(missing):,} of them; remove these records"
        )
    texts = [isinstance(value, str) for value in values.tolist()]
    if all(texts):
        return values.astype(np.str_)
    plain = np.array(values.tolist())
    if any(texts) or plain.ndim != 1:
        shown = listed(map(shortened, values[:SHOWN].tolist()))
        raise UserError(f"{name}: expected labels that are all text or all numbers, got {shown}")
    return plain


def _whole(name: str, values: Values) -> Values:
    if not np.isfinite(values).all():
        wrong = int((~np.isfinite(values)).sum())
        raise UserError(f"{name}: expected a label for every record, got {wrong:,} that are not finite")
    if (values != np.round(values)).any() or np.abs(values).max(initial=0) >= 2**53:
        other = values[values != np.round(values)][:1].tolist() or values[:1].tolist()
        raise UserError(
            f"{name}: expected labels that are text, whole numbers or truth values, got numbers such as {other[0]:g}: "
            "these are values of a regression, not classes"
        )
    return values.astype(np.int64)


def _places(name: str, rows: Values) -> Ints:
    """(n,) where the 1 stands in each row of one-hot labels."""
    whole = _plain(name, rows.reshape(-1)).reshape(rows.shape)
    if whole.dtype.kind not in "bi" or not np.isin(whole, (0, 1)).all() or (whole.sum(axis=1) != 1).any():
        raise UserError(
            f"{name}: expected labels y (n,), or rows (n, C) with a single 1 each, got {rows.shape}; several labels a "
            "record are no classes: where a model gives several, say signal='multi_label' (--signal multi_label)"
        )
    return whole.argmax(axis=1).astype(np.int64)
