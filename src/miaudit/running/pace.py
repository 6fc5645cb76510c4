"""How fast training goes, and how long it will still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from miaudit.presenter import duration


class Pace(NamedTuple):
    """Speed at a moment of a run."""

    samples_per_second: float  # records passed over, summed over all models
    seconds_left: float

    @property
    def text(self) -> str:
        """In words.

        >>> Pace(412_345, 75.4).text
        '412,000 samples/s, 1 min 15 s left'
        """
        return f"{float(f'{self.samples_per_second:.3g}'):,.0f} samples/s, {duration(self.seconds_left)} left"


@dataclass
class Pacer:
    """Counts the samples of a run against its clock, from the first ones on: starting processes takes time too."""

    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    first: int = 0  # samples that came before the clock was started
    start: float | None = field(default=None)

    def add(self, samples: int) -> Pace | None:
        """The pace after some more samples; None for the first ones, which say nothing about time."""
        self.done = min(self.done + samples, self.total)  # what is tried again counts once
        if self.start is None:
            self.start, self.first = self.clock(), self.done
            return None
        speed = (self.done - self.first) / max(self.clock() - self.start, 1e-9)
        return Pace(speed, (self.total - self.done) / speed) if speed else None
