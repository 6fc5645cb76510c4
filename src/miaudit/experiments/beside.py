"""Our numbers beside the published ones, and whether they agree."""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.experiments.expected import Key, Published
from miaudit.experiments.measures import FACTS, kind
from miaudit.experiments.results import ExperimentResult, Number, RowResult, Run
from miaudit.experiments.spec import Named, Row

TOLERANCE = 0.03 + 1e-9  # of a rate, an AUC or an accuracy
FACTOR = 1.5  # between small rates, counts and amounts: within it they agree
SMALL = 0.1  # rates below it are compared by their ratio
NOTHING: Number = (None, None, None)
CHANCE = 2.0  # standard deviations over runs within which a published number may be one of theirs


class Ours(NamedTuple):
    """A number over the runs of a row."""

    value: float
    spread: float | None  # standard deviation over seeds and draws of known records; None of one run, or of infinities
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
        """Within 0.03; small rates, counts, amounts within a factor of 1.5, or as printed; None if one is missing."""
        if self.ours is None or self.paper is None:
            return None
        ours, paper = self.ours.value, self.paper.value
        if ours == paper or abs(ours - paper) <= self.paper.rounding:  # both may be infinite
            return True
        if kind(self.measure) == "rate" and max(ours, paper) > SMALL:
            return abs(ours - paper) <= TOLERANCE
        low, high = sorted((ours, paper))
        return high <= FACTOR * low

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
    seeds_missing: bool  # was it run with fewer seeds than its file asks for?
    cells: tuple[Cell, ...]
    is_outdated: bool = False  # was it run with another configuration than the row has now?


def beside(named: Named, found: ExperimentResult, expected: dict[Key, Published]) -> list[Line]:
    """A line a row and attack, in the order of the experiment's file."""
    lines: list[Line] = []
    for row, part in named.experiment.parts():
        result = found.row(row.name, part)
        runs = () if result is None else result.runs
        outdated = result is not None and is_outdated(named, row, result)
        seeds = {run.seed for run in runs}
        missing = found.scale == "paper" and 0 < len(seeds) < named.experiment.seeds_of(row, None)
        for attack in _attacks(named, row, runs, part):
            measures = [m for m in named.experiment.measures if (m in FACTS) == (attack == "")]
            cells = tuple(
                Cell(m, _ours(runs, attack, m), expected.get(Key(named.table, row.name, attack, m))) for m in measures
            )
            if cells:
                count = len(runs) if attack else len(seeds)
                lines.append(Line(row, attack, _state(result, attack), count, missing, cells, outdated))
    return lines


def stored_rows(named: Named, found: ExperimentResult) -> list[tuple[Row, RowResult]]:
    """The experiment's rows that have a result, in its order."""
    pairs = [(row, found.row(row.name, part)) for row, part in named.experiment.parts()]
    return [(row, result) for row, result in pairs if result is not None]


def _state(result: RowResult | None, attack: str) -> str:
    if result is None:
        return "not run yet"
    if result.state != "done":
        return f"not run: {result.why}"
    skipped = result.runs[0].skipped
    return f"not run: {skipped[attack]}" if attack in skipped else "done"


def is_outdated(named: Named, row: Row, result: RowResult) -> bool:
    """Was the row run with another configuration than it has now? One that can no longer be read is another."""
    if result.state != "done":
        return False
    try:
        now = named.config(row, result.runs[0].seed)
        return parse_config(result.config) != now or result.known != row.known
    except UserError:
        return True


def _attacks(named: Named, row: Row, runs: tuple[Run, ...], part: int) -> Iterable[str]:
    """The target first, then the attacks as they were run, else as they are asked for."""
    facts = [""] if part == 0 else []
    if runs:
        return [*facts, *runs[0].attacks, *runs[0].skipped]
    return facts + [attack.title for attack in named.config(row, 0).attacks]


def _ours(runs: tuple[Run, ...], attack: str, measure: str) -> Ours | None:
    if attack == "":  # draws of the known records ask one and the same target
        numbers = [run.target.get(measure, NOTHING) for run in runs if run.trial == 0]
    else:
        numbers = [run.attacks.get(attack, {}).get(measure, NOTHING) for run in runs]
    found = [(value, low, high) for value, low, high in numbers if value is not None]
    if not found:
        return None
    if len(found) == 1:
        value, low, high = found[0]
        return Ours(value, None, low, high)
    values = [value for value, _, _ in found]
    return Ours(statistics.fmean(values), None if math.inf in values else statistics.stdev(values))


def current(lines: Iterable[Line]) -> Iterable[Line]:
    """Those that were run with the configuration that their rows have now."""
    return (line for line in lines if not line.is_outdated)


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
    for line in current(lines):
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
    cells = [cell for line in current(lines) for cell in line.cells if cell.agrees is not None]
    hold = sum(bool(cell.agrees) for cell in cells)
    may_hold = sum(not cell.agrees and cell.may_agree for cell in cells)
    return Tally(sum(key.table == table for key in expected), hold, may_hold, len(cells) - hold - may_hold)


def unplaced(table: str, lines: Iterable[Line], expected: dict[Key, Published]) -> dict[Key, Published]:
    """Published numbers of a table that no line shows."""
    shown = {Key(table, line.row.name, line.attack, cell.measure) for line in lines for cell in line.cells}
    return {key: number for key, number in expected.items() if key.table == table and key not in shown}
