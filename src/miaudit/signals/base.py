"""What a signal is, and how one is found by its name."""

from typing import Protocol

from miaudit import registry
from miaudit.arrays import Floats, Ints
from miaudit.model_outputs import ModelOutputs

LOG_ZERO = -745.0  # log of the smallest positive double: stands for log 0, so that every signal is finite


class Signal(Protocol):
    """A pure function of one model's outputs on n records and the labels (n,); float64, (n,) or (n, C).

    Of models that are known by a loss or a score, only `loss` and `scaled_logit` can be computed.
    Scalar signals are higher where the model fits the record better. Equal rows give equal values to the last bit, and
    so do rows with their classes in another order.
    """

    def __call__(self, outputs: ModelOutputs, labels: Ints) -> Floats:
        """Compute the signal of n records from one model's outputs (n, C) and the labels (n,)."""


def find_signal(name: str) -> Signal:
    """Find the signal of that name; raises UserError if there is none."""
    signal: Signal = registry.find("signals", name)
    return signal
