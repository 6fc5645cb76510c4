"""Our numbers beside the published ones, and whether they agree."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from miaudit.experiments.expected import Key
from miaudit.experiments.results import ExperimentResult, RowResult, Run
from miaudit.experiments.spec import Named, Row

TOLERANCE = 0.03  # of a rate, an AUC or an accuracy
FACTOR = 1.5  # between small rates, counts and times: within it they agree
SMALL = 0.1  # rates below it are compared by their ratio, too
FACTS = ("train_accuracy", "test_accuracy", "accuracy_gap", "epsilon", "members", "nonmembers")


class Ours(NamedTuple):
    """A number over the runs of a row."""

    value: float
    spread: float | None  # standard deviation over runs; None where there was one
    low: float | None = None  # interval of a single run
    high: float | None = None


@dataclass(frozen=True)
class Cell:
    """One number, ours and theirs."""

    measure: str
    ours: Ours | None
    paper: float | None

    @property
    def agrees(self) -> bool | None:
        """Within 0.03; small rates, counts and times also within a factor of 1.5. None where one is missing."""
        if self.ours is None or self.paper is None:
            return None
        ours, paper = self.ours.value, self.paper
        near = abs(ours - paper) <= TOLERANCE and max(ours, paper) > SMALL
        low, high = sorted((abs(ours), abs(paper)))
        by_ratio = max(ours, paper) <= SMALL or max(ours, paper) > 1
        return near or (by_ratio and high <= FACTOR * low)


@dataclass(frozen=True)
class Line:
    """A row and an attack with all their numbers."""

    row: Row
    attack: str  # "" for the target's own
    state: str  # "done", or why it was not run
    runs: int
    cells: tuple[Cell, ...]


def beside(named: Named, found: ExperimentResult, expected: dict[Key, float]) -> list[Line]:
    """A line a row and attack, in the order of the experiment's file."""
    lines: list[Line] = []
    parts: dict[str, int] = {}
    for row in named.experiment.rows:
        part = parts[row.name] = parts.get(row.name, -1) + 1
        result = found.row(row.name, part)
        runs = () if result is None else result.runs
        for attack in _attacks(named, row, runs, part):
            measures = [m for m in named.experiment.measures if (m in FACTS) == (attack == "")]
            cells = tuple(
                Cell(m, _ours(runs, attack, m), expected.get(Key(named.table, row.name, attack, m))) for m in measures
            )
            if cells:
                lines.append(Line(row, attack, _state(result), len(runs), cells))
    return lines


def _state(result: RowResult | None) -> str:
    if result is None:
        return "not run yet"
    return result.state if result.state == "done" else f"not run: {result.why}"


def _attacks(named: Named, row: Row, runs: tuple[Run, ...], part: int) -> Iterable[str]:
    """The target first, then the attacks as they were run, else as they are asked for."""
    facts = [""] if part == 0 else []
    if runs:
        return facts + list(runs[0].attacks)
    return facts + [attack.title for attack in named.config(row, 0).attacks]


def _ours(runs: tuple[Run, ...], attack: str, measure: str) -> Ours | None:
    numbers = [
        (run.target.get(measure), None, None) if attack == "" else run.attacks.get(attack, {}).get(measure, (None,) * 3)
        for run in runs
    ]
    values = [number[0] for number in numbers if number[0] is not None]
    if not values:
        return None
    if len(values) > 1:
        return Ours(statistics.fmean(values), statistics.stdev(values))
    return Ours(values[0], None, numbers[0][1], numbers[0][2])


def same_order(lines: list[Line], measure: str = "auc") -> dict[str, bool]:
    """For each row with several attacks and published numbers: are the attacks ranked as in the paper?"""
    ranked: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        for cell in line.cells:
            if cell.measure == measure and cell.ours is not None and cell.paper is not None:
                ranked.setdefault(line.row.name, []).append((cell.paper, cell.ours.value))
    return {
        name: [ours for _, ours in sorted(pairs)] == sorted(ours for _, ours in pairs)
        for name, pairs in ranked.items()
        if len(pairs) > 1
    }
