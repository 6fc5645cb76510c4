"""Checks arrays that users give. Every error says what was expected, what came and what to do."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.model_outputs import SCALARS, OutputKind


class NamedArray(NamedTuple):
    """An array, and what the user calls it."""

    name: str
    values: npt.NDArray[Any]


def check_integers(given: NamedArray, shape: tuple[int, ...]) -> Ints:
    """Return whole numbers of that shape as int64; raises UserError for anything else."""
    if given.values.dtype.kind not in "iu" or given.values.dtype == np.uint64:
        raise UserError(f"{given.name}: expected whole numbers (int64), got {given.values.dtype}")
    _check_shape(given, shape)
    return given.values.astype(np.int64)


def check_flags(given: NamedArray, shape: tuple[int, ...]) -> Bools:
    """Return flags (0 and 1, or booleans) of that shape as bool; raises UserError for anything else."""
    if given.values.dtype.kind not in "iub":
        raise UserError(f"{given.name}: expected 0 and 1 (uint8), got {given.values.dtype}")
    _check_shape(given, shape)
    wrong = given.values[(given.values != 0) & (given.values != 1)]
    if wrong.size:
        raise UserError(f"{given.name}: expected 0 and 1 only, got {wrong[0]} ({wrong.size:,} such values)")
    return given.values.astype(bool)


def given_labels(labels: npt.ArrayLike | None, outputs: npt.ArrayLike, kind: OutputKind) -> NamedArray:
    """Return the labels (n,) that were given with the outputs (n, ...) of a model, unchecked.

    Records of which a loss or a score is known need none: they share one class.
    """
    if labels is None and kind in SCALARS:
        return NamedArray("labels", np.zeros(np.asarray(outputs).shape[:1], dtype=np.int64))
    return NamedArray("labels", np.asarray(() if labels is None else labels))


def check_labels(given: NamedArray) -> Ints:
    """Return the labels (n,) of one or more records as int64; raises UserError for anything else."""
    if given.values.ndim != 1 or not given.values.size:
        raise UserError(f"{given.name}: expected shape (n,) with n > 0, got {given.values.shape}")
    return check_integers(given, given.values.shape)


def check_range(name: str, labels: Ints, classes: int) -> None:
    """Raise UserError if a label is no class from 0 to C - 1.

    Args:
        name: what the user calls the labels.
        labels: (n,) the labels.
        classes: C, the number of columns that the outputs have.
    """
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size and classes == 1:
        raise UserError(
            f"{name}: expected no labels beside one number per record: there are no classes; leave them out"
        )
    if wrong.size:
        raise UserError(
            f"{name}: expected classes 0 to {classes - 1}, as the outputs have {classes} columns; "
            f"got {labels[wrong[0]]} at record {wrong[0]} ({wrong.size:,} such records); number the classes from 0"
        )


def check_ids(given: NamedArray, n: int) -> Ints:
    """Return the ids (n,) of n records as int64; raises UserError if two records share one."""
    ids = check_integers(given, (n,))
    unique, first, counts = np.unique(ids, return_index=True, return_counts=True)
    if len(unique) < n:
        twice = int(np.argmax(counts > 1))
        raise UserError(
            f"{given.name}: expected an id of its own for every record, got {unique[twice]} {counts[twice]} times "
            f"(first at record {first[twice]}); remove the repeated records or leave the ids out"
        )
    return ids


def check_same_classes(classes: dict[str, int]) -> None:
    """Raise UserError if the outputs (name -> number of classes) have different numbers of classes."""
    first = next(iter(classes))
    for name, found in classes.items():
        if 1 in (found, classes[first]) and found != classes[first]:
            raise UserError(
                f"expected one kind of numbers everywhere, got outputs of classes and one number per record: "
                f"{first} and {name}"
            )
        if found != classes[first]:
            raise UserError(
                f"expected as many classes everywhere, got {classes[first]} in {first} and {found} in {name}"
            )


def check_same_scalars(kinds: dict[str, OutputKind]) -> None:
    """Raise UserError if some outputs (name -> kind) are losses and others scores: they cannot be compared."""
    first = next(iter(kinds))
    for name, found in kinds.items():
        if found != kinds[first] and {found, kinds[first]} & set(SCALARS):
            raise UserError(
                f"expected one kind of numbers everywhere, got a {kinds[first]} in {first}, a {found} in {name}"
            )


def check_same_views(views: dict[str, int]) -> None:
    """Raise UserError if the panels (name -> number of further views) have different numbers of views.

    Scores on shadows are compared with scores on audited records, so both must rest on as many views.
    """
    first = next(iter(views), "")
    for name, found in views.items():
        if found != views[first]:
            raise UserError(
                f"expected as many views of the records in every panel, got {views[first]} further ones in {first} and "
                f"{found} in {name}"
            )


def check_membership(panel: str, member: Bools | None) -> None:
    """Raise UserError if the membership (n,) of a panel's records does not fit the panel's role.

    A shadow needs members and non-members, the panel `known` needs its membership, a population has no members.
    """
    needed = panel == "known" or panel.startswith("shadow.")
    if member is None and needed:
        raise UserError(f"{panel}.member: expected 1 for members and 0 for others, got none; attacks learn from it")
    if member is None:
        return
    if panel.startswith("shadow.") and member.all() | ~member.any():
        kind, other = ("members", "not trained") if member.all() else ("non-members", "trained")
        raise UserError(
            f"{panel}: expected members and non-members of the shadow model, got {len(member):,} {kind} only; "
            f"add records that it was {other} on"
        )
    if panel == "population" and member.any():
        raise UserError(
            f"{panel}.member: expected records that no audited model saw, got {member.sum():,} members; "
            "move them to the panel 'known'"
        )


def _check_shape(given: NamedArray, shape: tuple[int, ...]) -> None:
    if given.values.shape != shape:
        raise UserError(
            f"{given.name}: expected shape {shape}, as the labels and outputs have it, got {given.values.shape}"
        )
