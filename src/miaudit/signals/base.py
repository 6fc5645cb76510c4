"""What a signal is, and how one is found by its name."""

from typing import Protocol

from miaudit import registry
from miaudit.arrays import Floats, Ints

LOG_ZERO = -745.0  # log of the smallest positive double: stands for log 0, so that every signal is finite


class Signal(Protocol):
    """A pure function of one model's logits (n, C) and the labels (n,); float64, (n,) or (n, C).

    Scalar signals are higher where the model fits the record better. Logits are whatever the softmax of which
    gives the model's probabilities: log-probabilities serve as well.
    """

    def __call__(self, logits: Floats, labels: Ints) -> Floats:
        """Compute the signal."""


def find_signal(name: str) -> Signal:
    """The signal of that name; raises UserError where there is none."""
    signal: Signal = registry.find("signals", name)
    return signal
