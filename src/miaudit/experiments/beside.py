"""Our numbers beside the published ones, and whether they agree."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.experiments.expected import Key, Published
from miaudit.experiments.results import ExperimentResult, RowResult, Run
from miaudit.experiments.spec import Named, Row

TOLERANCE = 0.03  # of a rate, an AUC or an accuracy
FACTOR = 1.5  # between small rates, counts and times: within it they agree
SMALL = 0.1  # rates below it are compared by their ratio, too
CHANCE = 2.0  # standard deviations over runs within which a published number may be one of theirs
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
    paper: Published | None

    @property
    def agrees(self) -> bool | None:
        """Within 0.03; small rates, counts and times within a factor of 1.5, or as printed; None if one is missing."""
        if self.ours is None or self.paper is None:
            return None
        ours, paper = self.ours.value, self.paper.value
        near = abs(ours - paper) <= TOLERANCE and SMALL < max(ours, paper) <= 1
        low, high = sorted((abs(ours), abs(paper)))
        by_ratio = max(ours, paper) <= SMALL or max(ours, paper) > 1
        return near or (by_ratio and high <= FACTOR * low) or abs(ours - paper) <= self.paper.rounding

    @property
    def may_agree(self) -> bool:
        """Is the published number within what our own differs by, from run to run or from record to record?"""
        if self.ours is None or self.paper is None:
            return False
        ours, paper = self.ours, self.paper.value
        if ours.spread is not None:
            return abs(ours.value - paper) <= CHANCE * ours.spread
        return ours.low is not None and ours.high is not None and ours.low <= paper <= ours.high


@dataclass(frozen=True)
class Line:
    """A row and an attack with all their numbers."""

    row: Row
    attack: str  # "" for the target's own
    state: str  # "done", or why it was not run
    runs: int
    cells: tuple[Cell, ...]
    is_outdated: bool = False  # was it run with another configuration than the row has now?


def beside(named: Named, found: ExperimentResult, expected: dict[Key, Published]) -> list[Line]:
    """A line a row and attack, in the order of the experiment's file."""
    lines: list[Line] = []
    parts: dict[str, int] = {}
    for row in named.experiment.rows:
        part = parts[row.name] = parts.get(row.name, -1) + 1
        result = found.row(row.name, part)
        runs = () if result is None else result.runs
        outdated = result is not None and result.state == "done" and _is_outdated(named, row, result)
        for attack in _attacks(named, row, runs, part):
            measures = [m for m in named.experiment.measures if (m in FACTS) == (attack == "")]
            cells = tuple(
                Cell(m, _ours(runs, attack, m), expected.get(Key(named.table, row.name, attack, m))) for m in measures
            )
            if cells:
                lines.append(Line(row, attack, _state(result, attack), len(runs), cells, outdated))
    return lines


def _state(result: RowResult | None, attack: str) -> str:
    if result is None:
        return "not run yet"
    if result.state != "done":
        return f"not run: {result.why}"
    skipped = result.runs[0].skipped
    return f"not run: {skipped[attack]}" if attack in skipped else "done"


def _is_outdated(named: Named, row: Row, result: RowResult) -> bool:
    """Is the row's configuration another one now? One that can no longer be read is."""
    try:
        return parse_config(result.config) != named.config(row, result.runs[0].seed)
    except UserError:
        return True


def _attacks(named: Named, row: Row, runs: tuple[Run, ...], part: int) -> Iterable[str]:
    """The target first, then the attacks as they were run, else as they are asked for."""
    facts = [""] if part == 0 else []
    if runs:
        return [*facts, *runs[0].attacks, *runs[0].skipped]
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


class Ranking(NamedTuple):
    """The attacks of a row, the best first."""

    row: str
    published: tuple[str, ...]
    ours: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Are they ranked as in the paper?"""
        return self.published == self.ours


def rankings(lines: Iterable[Line], measure: str = "auc") -> list[Ranking]:
    """Of each row in which several attacks have both numbers; what the paper gives as equal is ranked as here."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    for line in lines:
        for cell in line.cells:
            if cell.measure == measure and cell.ours is not None and cell.paper is not None:
                found.setdefault(line.row.name, []).append((-cell.paper.value, -cell.ours.value, line.attack))
    return [
        Ranking(
            name,
            tuple(attack for _, _, attack in sorted(numbers)),
            tuple(attack for _, _, attack in sorted(numbers, key=lambda each: (each[1], each[0], each[2]))),
        )
        for name, numbers in found.items()
        if len(numbers) > 1
    ]


class Tally(NamedTuple):
    """How many of the published numbers of an experiment hold here."""

    published: int
    hold: int
    may_hold: int  # outside the tolerance, but within what ours differ by
    differ: int

    @property
    def measured(self) -> int:
        """Those that have one of ours beside them."""
        return self.hold + self.may_hold + self.differ


def tally(table: str, lines: Iterable[Line], expected: dict[Key, Published]) -> Tally:
    """Count the published numbers of a table by whether they hold."""
    cells = [cell for line in lines for cell in line.cells if cell.agrees is not None]
    hold = sum(bool(cell.agrees) for cell in cells)
    may_hold = sum(not cell.agrees and cell.may_agree for cell in cells)
    return Tally(sum(key.table == table for key in expected), hold, may_hold, len(cells) - hold - may_hold)


def unplaced(table: str, lines: Iterable[Line], expected: dict[Key, Published]) -> dict[Key, Published]:
    """Published numbers of a table that no line shows."""
    shown = {Key(table, line.row.name, line.attack, cell.measure) for line in lines for cell in line.cells}
    return {key: number for key, number in expected.items() if key.table == table and key not in shown}
