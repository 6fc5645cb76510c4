"""Models with their records as people have them, and what an audit must find in each."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

HALF = 30  # members, and as many non-members
N = 2 * HALF
CLASSES = ("setosa", "versicolor", "virginica")
RNG = np.random.default_rng(14)
Y = RNG.permutation(np.arange(N) % 3)
X = RNG.normal(size=(N, 4)).round(3) + 1.5 * np.eye(4)[Y]
YES = (Y > 0).astype(np.int64)  # two classes
NAMES = np.array([CLASSES[y] for y in Y])
WORDS = (("good", "fine"), ("bad", "dull"), ("odd", "new"))  # of the texts of each class
TEXTS = [" ".join(RNG.choice([*WORDS[y], "film", "plot"], size=5)) for y in Y]


class Case(NamedTuple):
    """The arguments of an audit, and what the model says of the records when it is asked directly."""

    model: Any
    members: Any
    nonmembers: Any
    p: Values | None = None  # (N,) probability of each record's class, members first; None where only labels are given
    said: Mapping[str, Any] = {}  # further arguments


class Variant(NamedTuple):
    """A model with records as people have them."""

    name: str
    how: str  # how people get it
    make: Callable[[Path], Case]
    needs: tuple[str, ...] = ()  # modules without which it is skipped
    flag: str = ""  # the argument without which it is refused
    error: float = 1e-6  # by how much probabilities may differ


def case(model: Any, x: Any, y: Any, p: Values | None = None, **said: Any) -> Case:
    """The first half of the records as members, the others as non-members."""
    return Case(model, (x[:HALF], y[:HALF]), (x[HALF:], y[HALF:]), p, said)


def of_class(rows: npt.ArrayLike, codes: npt.ArrayLike = Y) -> Values:
    """(N,) the entry of each record's class in rows (N, C)."""
    values = np.asarray(rows, dtype=np.float64)
    chosen: Values = values[np.arange(N), np.asarray(codes)]
    return chosen


def softmax(logits: npt.ArrayLike) -> Values:
    """Rows of probabilities."""
    values = np.asarray(logits, dtype=np.float64)
    raised = np.exp(values - values.max(axis=1, keepdims=True))
    rows: Values = raised / raised.sum(axis=1, keepdims=True)
    return rows


def two(p: npt.ArrayLike) -> Values:
    """Rows (N, 2) for the probability of class 1."""
    values = np.asarray(p, dtype=np.float64).reshape(-1)
    return np.stack([1 - values, values], axis=1)


def sigmoid(logits: npt.ArrayLike) -> Values:
    """Rows (N, 2) for the logit of class 1."""
    return two(1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64))))
