"""What the benchmark of references finds in a world, kept as a JSON file."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from _kept import keep, kept
from _references_candidates import Seconds
from miaudit.arrays import Bools, Floats
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.metrics.roc import placements

FOLDER = Path(__file__).parent / "results" / "references"
FPRS = (0.01, 0.001)
POOL_ALONE = "pool"  # the candidate that all are compared with


class Line(NamedTuple):
    """How strong an attack is with a candidate's references or features; a value for each target."""

    candidate: str
    attack: str
    size: int  # models in the pool
    seconds: float  # CPU time of all trainings for the audit of one target
    rates: list[list[float]]  # (targets, FPRS) TPR; with fewer than 1/FPR non-members, without a false positive
    auc: list[float]

    @property
    def place(self) -> tuple[str, str]:
        """Candidate and attack."""
        return self.candidate, self.attack

    def mean(self) -> tuple[float, float, float]:
        """TPR in per cent at both FPRs, and AUC, means over the targets."""
        at_one, at_tenth = 100 * np.mean(self.rates, axis=0)
        return float(at_one), float(at_tenth), float(np.mean(self.auc))

    def gain(self, over: "Line") -> tuple[float, float]:
        """By how many points the TPR at 1 % FPR is larger, and the standard error over the targets."""
        apart = 100 * (np.array(self.rates) - np.array(over.rates))[:, 0]
        return float(apart.mean()), float(apart.std(ddof=1)) / len(apart) ** 0.5


def line(place: tuple[str, str], size: int, seconds: float, scores: Floats, truth: Bools) -> Line:
    """The rates of scores (targets, n) with the truth (targets, n)."""
    pairs = [(row[inside], row[~inside]) for row, inside in zip(scores, truth, strict=True)]
    rates = [[rate_at_limit(*pair, fpr).above / len(pair[0]) for fpr in FPRS] for pair in pairs]
    auc = [placements(row, inside).area for row, inside in zip(scores, truth, strict=True)]
    return Line(*place, size, round(seconds, 2), np.round(rates, 6).tolist(), np.round(auc, 6).tolist())


@dataclass
class Results:
    """Everything measured in a world."""

    world: str
    records: int
    seconds: Seconds
    lines: list[Line] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, world: str) -> "Results | None":
        """What an earlier run found; None if there was none."""
        told = kept(FOLDER / f"{world}.json")
        if told is None:
            return None
        return cls(**told | {"seconds": Seconds(*told["seconds"]), "lines": [Line(*row) for row in told["lines"]]})

    def write(self) -> None:
        """Keep the results in the world's file."""
        keep(FOLDER / f"{self.world}.json", asdict(self))

    def put(self, lines: list[Line]) -> None:
        """Keep new lines in place of older ones."""
        new = {(line.place, line.size) for line in lines}
        self.lines = [line for line in self.lines if (line.place, line.size) not in new] + lines

    def find(self, place: tuple[str, str], size: int) -> Line | None:
        """The line of a candidate and an attack."""
        return next((line for line in self.lines if line.place == place and line.size == size), None)
