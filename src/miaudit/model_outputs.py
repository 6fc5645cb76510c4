"""The outputs of one model on some records, and the check that all outputs pass.

A classifier gives a number for each class: logits or probabilities, (n, C). Any other model is known by one number a
record, (n, 1), that says how well it fits: a loss (a negative log-likelihood of 0 or more, lower fits better) or a
score (higher fits better, in a unit of its own).
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.errors import UserError

OutputKind = Literal["logits", "probs", "loss", "score"]

SCALARS: tuple[OutputKind, ...] = ("loss", "score")  # one number per record, without classes

SUM_TOLERANCE = 1e-3  # largest error of the sum of a row of probabilities; more where these are coarsely rounded
HALF_PRECISION = 2.0**-8  # largest error of a sum of 1 whose terms are rounded to eight binary digits
ROUNDING = 1e-6  # by which a probability in single precision may exceed 1
MOST_DIGITS = 6  # most decimal digits at which rounding is recognised
PERCENT_SUMS = 0.02  # largest error of the sum of a row in per cent, as a share
ALIKE = 1e-4  # rows of logits without a negative entry that sum to 1 within this are probabilities
SMALLEST = float(np.finfo(np.float64).smallest_subnormal)


class Unit(NamedTuple):
    """How scores are brought to a scale of about 1: (score - centre) / width."""

    centre: float = 0.0
    width: float = 1.0


ITSELF = Unit()


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """Outputs of one model on n records, in the form in which the model gives them.

    Probabilities stay as they were given: if rounded rows were normalised, records that tie would tie no longer.
    """

    values: Floats  # (n, C); (n, 1) for a loss or a score
    kind: OutputKind
    floor: float = SMALLEST  # a probability of 0 is read as this, and one of 1 as this much less; so is a loss of 0
    unit: Unit = ITSELF  # of scores
    temperature: float = 1.0  # by which logits are divided


def checked(
    name: str, values: npt.ArrayLike, kind: OutputKind, records: int, classes: int | None = None
) -> ModelOutputs:
    """Check the outputs that a model gave.

    Args:
        name: the model's name, for messages.
        values: its outputs, which should be (records, C), or (records,) for a loss or a score; whole numbers become
            float64.
        kind: the kind of outputs that are expected.
        records: number of records that the model was asked about.
        classes: number of columns that are expected; None for two or more.

    Raises:
        UserError: shape or type are wrong, a number is not finite, probabilities are invalid, or logits look like them.
    """
    asked = f"{name}, asked about {records:,} record{'s' if records != 1 else ''}"
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise UserError(f"{asked}: expected numbers, got {array.dtype}; give a plain array of floats")
    if kind in SCALARS:
        return _checked_scalars(asked, array, kind, records)
    columns = "C" if classes is None else classes
    fits = array.ndim == 2 and len(array) == records and array.shape[1] >= 2 and classes in (None, array.shape[1])
    if not fits:
        more = " with C >= 2" if classes is None else ""
        raise UserError(f"{asked}: expected {WORDS[kind]} ({records}, {columns}){more}, it gave {array.shape}")
    floats: Floats = array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    check_numbers(asked, floats, kind)
    return ModelOutputs(floats, kind)


def _checked_scalars(asked: str, array: npt.NDArray[Any], kind: OutputKind, records: int) -> ModelOutputs:
    if array.shape not in ((records,), (records, 1)):
        raise UserError(f"{asked}: expected one {WORDS[kind]} per record, shape ({records},), it gave {array.shape}")
    values = array.reshape(records, 1).astype(array.dtype if array.dtype in (np.float32, np.float64) else np.float64)
    check_numbers(asked, values, kind)
    return ModelOutputs(values, kind)


WORDS: dict[OutputKind, str] = {"logits": "logits", "probs": "probabilities", "loss": "loss", "score": "score"}


def check_numbers(name: str, values: npt.NDArray[Any], kind: OutputKind) -> None:
    """Check the numbers in a model's outputs.

    Args:
        name: the model's name, for messages.
        values: its outputs (n, C).
        kind: the kind of outputs that are expected.

    Raises:
        UserError: a number is not finite, probabilities are invalid, or logits look like probabilities.
    """
    check_finite(name, values)
    if kind == "probs":
        _check_probabilities(name, values)
    elif kind == "loss":
        _check_losses(name, values)
    elif (
        kind == "logits"
        and len(values)
        and values.min() >= 0
        and np.abs(values.sum(axis=1, dtype=np.float64) - 1).max() < ALIKE
    ):
        raise UserError(
            f"{name}: expected logits, got probabilities (no negative output, every row sums to 1); leave out the "
            "model's last softmax, or give its outputs as probabilities: miaudit.Predictions, or `.probs` in a file"
        )


def check_finite(name: str, values: npt.NDArray[Any]) -> None:
    """Raise UserError where a number (n, C) is infinite or not a number."""
    finite = np.isfinite(values)
    if not finite.all():
        record = int(np.argmin(finite.all(axis=1)))
        raise UserError(
            f"{name}: expected finite numbers, got {values[record][~finite[record]][0]} or a blank at record {record} "
            f"({(~finite).sum():,} such values); look for NaN in the records, and train the model again if it diverged"
        )


def _check_probabilities(name: str, values: npt.NDArray[Any]) -> None:
    outside = (values < 0) | (values > 1 + ROUNDING)
    if outside.any():
        record = int(np.argmax(outside.any(axis=1)))
        raise UserError(
            f"{name}: expected probabilities in [0, 1], got {values[record][outside[record]][0]:g} at record {record} "
            f"({outside.sum():,} such values); give the outputs of the softmax, not logits or margins"
        )
    sums = values.sum(axis=1, dtype=np.float64)
    tolerance = SUM_TOLERANCE + ROUNDING
    if np.abs(sums - 1).max(initial=0.0) > tolerance:
        tolerance = sum_tolerance(values)
    wrong = np.flatnonzero(np.abs(sums - 1) > tolerance)
    if wrong.size:
        raise UserError(
            f"{name}: expected rows that sum to 1 within {tolerance:.3g}, got {sums[wrong[0]]:g} at record "
            f"{wrong[0]} ({wrong.size:,} such rows); give the probabilities of all classes"
        )


def _check_losses(name: str, values: npt.NDArray[Any]) -> None:
    negative = values < 0
    if negative.any():
        record = int(np.argmax(negative.any(axis=1)))
        raise UserError(
            f"{name}: expected losses of 0 or more, as a negative log-likelihood has, got {values[record].min():g} at "
            f"record {record} ({negative.sum():,} such values); give the negative of such a loss as a score (`score` "
            "in the place of `loss`)"
        )


def sum_tolerance(values: npt.NDArray[Any]) -> float:
    """How far from 1 the rows of probabilities (n, C) may sum.

    It is wider where all were rounded to the same number of digits, up to six, or to half precision, as the outputs of
    a network in float16 or bfloat16 are.
    """
    digits = next((d for d in range(1, MOST_DIGITS + 1) if (values.round(d) == values).all()), None)
    rounded = 0.0 if digits is None else values.shape[1] / 2 * 10**-digits
    return max(SUM_TOLERANCE, rounded, HALF_PRECISION if _is_half(values) else 0.0) + ROUNDING


def from_percent(values: npt.NDArray[Any]) -> Floats:
    """Percentages divided by 100; rounded values stay rounded, and equal ones stay equal.

    >>> from_percent(np.array([[45.3, 54.7]])).tolist()
    [[0.453, 0.547]]
    """
    digits = MOST_DIGITS + 2
    single = values.dtype == np.float32
    shares: Floats = np.asarray(values, dtype=np.float64) / 100
    rounded: Floats = shares.round(digits)
    noise = np.finfo(np.float32 if single else np.float64).eps * shares
    return np.where(np.abs(shares - rounded) <= noise, rounded, shares)


def _is_half(values: npt.NDArray[Any]) -> bool:
    """Can all numbers be written in bfloat16 or in float16?"""
    single = np.ascontiguousarray(values, dtype=np.float32)
    if not (single == values).all():
        return False
    with np.errstate(over="ignore"):
        in_float16 = single.astype(np.float16) == single
    return bool(in_float16.all() or (single.view(np.uint32) & 0xFFFF == 0).all())
