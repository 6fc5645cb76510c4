"""Logits that are made only when they are read."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.evidence.lazy import LazyOutputs


@dataclass(frozen=True, eq=False)
class Counted(LazyOutputs):
    """Five models, model m says m; remembers which were read."""

    asked: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return 5

    def read(self, model: int) -> Floats:
        self.asked.append(model)
        return np.full((1, 2), float(model))


def test_a_model_is_read_when_it_is_asked_for() -> None:
    logits = Counted()
    assert logits[3][0, 0] == 3
    assert logits[-1][0, 0] == 4
    assert logits.asked == [3, 4]


def test_a_slice_reads_nothing_and_a_slice_of_it_takes_the_right_ones() -> None:
    logits = Counted()
    some = logits[1:][::2]
    assert len(some) == 2
    assert logits.asked == []
    assert [each[0, 0] for each in some] == [1, 3]


def test_a_fault_while_reading_does_not_end_the_loop_as_if_there_were_no_more() -> None:
    class Faulty(Counted):
        def read(self, model: int) -> Floats:
            return np.zeros(1)[model : model + 1] if model == 0 else np.zeros(1)[[model]]

    with pytest.raises(IndexError, match="out of bounds"):
        list(Faulty())


def test_there_is_no_model_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        Counted()[5]
