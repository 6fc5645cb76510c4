"""Checks of evidence that somebody else wrote. Every refusal says what was expected, what came and what to do."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.evidence.io.stored import Stored
from miaudit.model_outputs import check_numbers


class Given(NamedTuple):
    """An array, and what the user calls it."""

    name: str
    values: npt.NDArray[Any]


def check_integers(given: Given, shape: tuple[int, ...]) -> Ints:
    """Whole numbers of that shape, as int64."""
    if given.values.dtype.kind not in "iu" or given.values.dtype == np.uint64:
        raise UserError(f"{given.name}: expected whole numbers (int64), got {given.values.dtype}")
    _check_shape(given, shape)
    return given.values.astype(np.int64)


def check_flags(given: Given, shape: tuple[int, ...]) -> Bools:
    """Numbers 0 and 1 of that shape, as bool."""
    if given.values.dtype.kind not in "iub":
        raise UserError(f"{given.name}: expected 0 and 1 (uint8), got {given.values.dtype}")
    _check_shape(given, shape)
    wrong = given.values[(given.values != 0) & (given.values != 1)]
    if wrong.size:
        raise UserError(f"{given.name}: expected 0 and 1 only, got {wrong[0]} ({wrong.size:,} such values)")
    return given.values.astype(bool)


def check_labels(given: Given) -> Ints:
    """Whole numbers, one for each of at least one record."""
    if given.values.ndim != 1 or not given.values.size:
        raise UserError(f"{given.name}: expected shape (n,) with n > 0, got {given.values.shape}")
    return check_integers(given, given.values.shape)


def check_range(name: str, labels: Ints, classes: int) -> None:
    """Labels are classes 0..C-1."""
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        raise UserError(
            f"{name}: expected classes 0 to {classes - 1}, as the outputs have {classes} columns; "
            f"got {labels[wrong[0]]} at record {wrong[0]} ({wrong.size:,} such records); number the classes from 0"
        )


def check_ids(given: Given, n: int) -> Ints:
    """Ids that tell n records apart."""
    ids = check_integers(given, (n,))
    unique, first, counts = np.unique(ids, return_index=True, return_counts=True)
    if len(unique) < n:
        twice = int(np.argmax(counts > 1))
        raise UserError(
            f"{given.name}: expected an id of its own for every record, got {unique[twice]} {counts[twice]} times "
            f"(first at record {first[twice]}); remove the repeated records or leave the ids out"
        )
    return ids


def check_outputs(outputs: Stored, n: int) -> None:
    """Outputs of at least one model on n records, two classes or more, finite; probabilities must be such.

    Reads every number once, model by model.
    """
    name, tensor = outputs.name, outputs.tensor
    if tensor.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise UserError(f"{name}: expected float32 or float64, got {tensor.dtype}")
    if tensor.ndim != 3 or tensor.shape[1] != n or not len(tensor):
        raise UserError(
            f"{name}: expected outputs of {n} records, shape (models, {n}, classes) with at least one model, "
            f"got {tensor.shape}; one row per record, in the order of the labels"
        )
    if tensor.shape[2] < 2:
        raise UserError(
            f"{name}: expected two classes or more, got {tensor.shape[2]}; "
            "a model with one output p for class 1 is written as the two columns 1 - p and p"
        )
    for m, block in enumerate(tensor):
        check_numbers(f"{name}, model {m}" if len(tensor) > 1 else name, block, outputs.kind)


def check_same_classes(classes: dict[str, int]) -> None:
    """C is the same for all outputs (name -> C)."""
    first = next(iter(classes))
    for name, found in classes.items():
        if found != classes[first]:
            raise UserError(
                f"expected as many classes everywhere, got {classes[first]} in {first} and {found} in {name}"
            )


def check_same_references(references: dict[str, int]) -> None:
    """R is the same in all panels that have references (name -> R)."""
    with_some = {name: R for name, R in references.items() if R}
    first = next(iter(with_some), "")
    for name, R in with_some.items():
        if with_some[first] != R:
            raise UserError(
                f"expected as many reference models in every panel, since reference r is the same model in each; "
                f"got {with_some[first]} in {first} and {R} in {name}; models that are shadows and references of "
                "each other are written as a pool"
            )


def check_same_views(views: dict[str, int]) -> None:
    """Scores on shadows and on audited records are compared: both rest on as many views (name -> V)."""
    first = next(iter(views), "")
    for name, found in views.items():
        if found != views[first]:
            raise UserError(
                f"expected as many views of the records in every panel, got {views[first]} further ones in {first} and "
                f"{found} in {name}"
            )


def check_membership(panel: str, member: Bools | None) -> None:
    """Shadows have members and others, `known` says which is which, a population has no members."""
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


def _check_shape(given: Given, shape: tuple[int, ...]) -> None:
    if given.values.shape != shape:
        raise UserError(
            f"{given.name}: expected shape {shape}, as the labels and outputs have it, got {given.values.shape}"
        )
