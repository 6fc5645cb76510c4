"""Completes outputs that name only the likeliest classes, or the predicted class alone, to full rows."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence.io.names import class_text
from miaudit.evidence.io.understood import Understood
from miaudit.messages import shortened
from miaudit.reading.columns import Columns

ROUNDING = 1e-3  # by which the confidences of a row may exceed 1 in all


def ranked_outputs(columns: Columns, found: Understood) -> Floats:
    """Probabilities (n, C): what the named classes leave of 1 is spread evenly over the others.

    A predicted class without a confidence has the probability 1.

    Raises:
        UserError: a class is blank, or confidences are no probabilities.
    """
    classes = np.stack([_classes(columns, found, name) for name, _ in found.ranked], axis=1)
    shares = np.stack([_shares(columns, found, name) for _, name in found.ranked], axis=1)
    outside = (shares < 0) | (shares > 1) | ~np.isfinite(shares)
    if outside.any():
        row = int(np.argmax(outside.any(axis=1)))
        raise UserError(
            f"column {found.ranked[0][1]}: expected the probability of the class beside it in every row, got "
            f"{shares[row][outside[row]][0]:g} in row {row + 1:,} ({outside.sum():,} such values)"
        )
    left = 1 - shares.sum(axis=1)
    if (left < -ROUNDING).any():
        row = int(np.argmin(left))
        raise UserError(f"expected probabilities that sum to 1 at most, got {1 - left[row]:g} in row {row + 1:,}")
    count, given = len(found.classes), classes.shape[1]
    rest = np.maximum(left, 0.0) / max(count - given, 1)
    outputs: Floats = np.repeat(rest[:, None], count, axis=1)
    np.put_along_axis(outputs, classes, shares, axis=1)
    return outputs


def _classes(columns: Columns, found: Understood, name: str) -> Ints:
    codes = {text: c for c, text in enumerate(found.classes)}
    texts = columns.texts(name).tolist()
    if None in texts:
        raise UserError(
            f"column {name}: expected a class in every row, got a blank one in row {texts.index(None) + 1:,}"
        )
    unknown = next((text for text in texts if class_text(text) not in codes), None)
    if unknown is not None:
        raise UserError(f"column {name}: there is no class {shortened(unknown)}")
    return np.array([codes[class_text(text)] for text in texts], dtype=np.int64)


def _shares(columns: Columns, found: Understood, name: str | None) -> Floats:
    if name is None:
        return np.ones(columns.rows)
    values = columns.numbers(name)
    return values / 100 if found.form == "percent" else values
