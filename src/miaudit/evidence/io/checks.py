"""Checks of the outputs in a file of evidence, and of its panels together."""

import numpy as np

from miaudit.errors import UserError
from miaudit.evidence.io.stored import Stored
from miaudit.model_outputs import SCALARS, check_numbers


def check_outputs(outputs: Stored, n: int) -> None:
    """Raise UserError unless models gave outputs of two or more classes, or one number, for each of n records.

    Numbers must be finite, and probabilities valid. Every number is read once, model by model.
    """
    name, tensor = outputs.name, outputs.tensor
    if tensor.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise UserError(f"{name}: expected float32 or float64, got {tensor.dtype}")
    if tensor.ndim != 3 or tensor.shape[1] != n or not len(tensor):
        raise UserError(
            f"{name}: expected outputs of {n} records, shape (models, {n}, classes) with at least one model, "
            f"got {tensor.shape}; one row per record, in the order of the labels"
        )
    if tensor.shape[2] < 2 and outputs.kind not in SCALARS:
        raise UserError(
            f"{name}: expected two classes or more, got {tensor.shape[2]}; "
            "a model with one output p for class 1 is written as the two columns 1 - p and p"
        )
    for m, block in enumerate(tensor):
        check_numbers(f"{name}, model {m}" if len(tensor) > 1 else name, block, outputs.kind)


def check_same_references(references: dict[str, int]) -> None:
    """Raise UserError if panels that have references (name -> number of references) differ in their number."""
    with_some = {name: R for name, R in references.items() if R}
    first = next(iter(with_some), "")
    for name, R in with_some.items():
        if with_some[first] != R:
            raise UserError(
                f"expected as many reference models in every panel, since reference r is the same model in each; "
                f"got {with_some[first]} in {first} and {R} in {name}; models that are shadows and references of "
                "each other are written as a pool"
            )
