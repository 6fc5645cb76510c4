"""Measures how fast training goes, and how long it will still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from miaudit.presenter import duration


class Pace(NamedTuple):
    """The speed at a moment of a run, and the time left."""

    samples_per_second: float  # records passed over, summed over all models
    seconds_left: float

    @property
    def text(self) -> str:
        """Speed and time left in words.

        >>> Pace(412_345, 75.4).text
        '412,000 samples/s, 1 min 15 s left'
        """
        return f"{float(f'{self.samples_per_second:.3g}'):,.0f} samples/s, {duration(self.seconds_left)} left"


@dataclass
class Pacer:
    """Counts the samples of a run against a clock that starts with the first ones, as processes start slowly."""

    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    first: int = 0  # samples that came before the clock was started
    start: float | None = field(default=None)

    def add(self, samples: int) -> Pace | None:
        """The pace after some more samples; None for the first ones, which start the clock."""
        self.done = min(self.done + samples, self.total)  # work that is tried again counts once
        if self.start is None:
            self.start, self.first = self.clock(), self.done
            return None
        speed = (self.done - self.first) / max(self.clock() - self.start, 1e-9)
        return Pace(speed, (self.total - self.done) / speed) if speed else None
