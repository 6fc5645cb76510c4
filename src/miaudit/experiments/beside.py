"""Sets our numbers beside the published ones, and decides whether they agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from miaudit.auditing.precision import is_settled_form
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.experiments.expected import Key, Published
from miaudit.experiments.marks import Mark, Ours, mark, over_runs
from miaudit.experiments.measures import FACTS
from miaudit.experiments.results import ExperimentResult, Number, RowResult, Run
from miaudit.experiments.spec import Named, Row

NOTHING: Number = (None, None, None)
TIE = 0.01  # of AUC: attacks that differ by less are not ranked


@dataclass(frozen=True)
class ComparedNumber:
    """One measure of a line: our number and the published one."""

    measure: str
    ours: Ours | None
    paper: Published | None

    @property
    def mark(self) -> Mark | None:
        """Does the published number hold? None where one of the two is missing."""
        return mark(self.measure, self.ours, self.paper)


@dataclass(frozen=True)
class Line:
    """A row of the table and one attack, with all their numbers."""

    row: Row
    attack: str  # "" where the numbers are the target's own
    state: str  # "done", or why it was not run
    runs: int
    seeds_missing: bool  # was it run with fewer seeds than its file asks for?
    cells: tuple[ComparedNumber, ...]
    is_outdated: bool = False  # was it run with another configuration than the row has now?


def beside(named: Named, found: ExperimentResult, expected: dict[Key, Published]) -> list[Line]:
    """One line per row and attack, in the order of the experiment's file."""
    lines: list[Line] = []
    for row, part in named.experiment.parts():
        result = found.row(row.name, part)
        runs = () if result is None else result.runs
        outdated = result is not None and is_outdated(named, row, result)
        seeds = 0 if result is None else result.seeds
        missing = found.scale == "paper" and 0 < seeds < named.experiment.seeds_of(row, None)
        for attack in _attacks(named, row, runs, part):
            measures = [m for m in named.experiment.measures if (m in FACTS) == (attack == "")]
            cells = tuple(
                ComparedNumber(m, _ours(runs, attack, m), expected.get(Key(named.table, row.name, attack, m)))
                for m in measures
            )
            if cells:
                count = len(runs) if attack else seeds
                lines.append(Line(row, attack, _state(result, attack), count, missing, cells, outdated))
    return lines


def stored_rows(named: Named, found: ExperimentResult) -> list[tuple[Row, RowResult]]:
    """The experiment's rows that have a result, in its order."""
    pairs = [(row, found.row(row.name, part)) for row, part in named.experiment.parts()]
    return [(row, result) for row, result in pairs if result is not None]


def _state(result: RowResult | None, attack: str) -> str:
    if result is None:
        return "not run yet"
    if not result.is_done:
        return f"not run: {result.why}"
    skipped = result.runs[0].skipped
    return f"not run: {skipped[attack]}" if attack in skipped else "done"


def is_outdated(named: Named, row: Row, result: RowResult) -> bool:
    """Was the row run with another configuration than it has now, or with one that can no longer be read?"""
    if not result.is_done:
        return False
    try:
        now = named.config(row, result.runs[0].seed)
        return not is_settled_form(parse_config(result.config), now) or result.known != row.known
    except UserError:
        return True


def _attacks(named: Named, row: Row, runs: tuple[Run, ...], part: int) -> Iterable[str]:
    """The target as "", then the attacks that were run or, before any run, those that the row names."""
    facts = [""] if part == 0 else []
    if runs:
        return [*facts, *runs[0].attacks, *runs[0].skipped]
    return facts + [attack.title for attack in named.config(row, 0).named_attacks]


def _ours(runs: tuple[Run, ...], attack: str, measure: str) -> Ours | None:
    if attack == "":  # all draws of the known records query the same target
        numbers = [run.target.get(measure, NOTHING) for run in runs if run.trial == 0]
    else:
        numbers = [run.attacks.get(attack, {}).get(measure, NOTHING) for run in runs]
    return over_runs(numbers)


def current(lines: Iterable[Line]) -> Iterable[Line]:
    """The lines that were run with the configuration that their rows have now."""
    return (line for line in lines if not line.is_outdated)


class Ranking(NamedTuple):
    """The attacks of a row, their published numbers and ours."""

    row: str
    published: dict[str, float]
    ours: dict[str, float]

    @property
    def is_same(self) -> bool:
        """Does our ranking keep the order of the paper, apart from near ties?"""
        return not any(
            self.published[one] > self.published[other] and self.ours[one] <= self.ours[other] - TIE
            for one in self.published
            for other in self.published
        )


def ranked(values: dict[str, float], tie: float = 0.0) -> str:
    """The names from the highest value to the lowest, joined by `>`, or by `≈` where two differ by less than `tie`.

    >>> ranked({"a": 0.5, "b": 0.9, "c": 0.895}, 0.01)
    'b ≈ c > a'
    """
    names = sorted(values, key=lambda name: (-values[name], name))
    text = names[0]
    for higher, lower in pairwise(names):
        gap = values[higher] - values[lower]
        text += f"{' = ' if gap == 0 else ' ≈ ' if gap < tie else ' > '}{lower}"
    return text


def rankings(lines: Iterable[Line]) -> list[Ranking]:
    """The ranking by AUC of each row in which several attacks have both numbers."""
    found: dict[str, Ranking] = {}
    for line in current(lines):
        for cell in line.cells:
            if cell.measure == "auc" and cell.ours is not None and cell.paper is not None:
                ranking = found.setdefault(line.row.name, Ranking(line.row.name, {}, {}))
                ranking.published[line.attack], ranking.ours[line.attack] = cell.paper.value, cell.ours.value
    return [ranking for ranking in found.values() if len(ranking.ours) > 1]


class HeldCount(NamedTuple):
    """How many of the published numbers of an experiment hold here."""

    published: int
    hold: int
    open: int
    differ: int

    @property
    def measured(self) -> int:
        """Number of published values that we measured too."""
        return self.hold + self.open + self.differ


def tally(table: str, lines: Iterable[Line], expected: dict[Key, Published]) -> HeldCount:
    """Count the published numbers of a table by whether they hold."""
    marks = [cell.mark for line in current(lines) for cell in line.cells]
    published = sum(key.table == table for key in expected)
    return HeldCount(published, *(marks.count(kind) for kind in ("holds", "open", "differs")))


def unplaced(table: str, lines: Iterable[Line], expected: dict[Key, Published]) -> dict[Key, Published]:
    """Published numbers of a table that no line shows."""
    shown = {Key(table, line.row.name, line.attack, cell.measure) for line in lines for cell in line.cells}
    return {key: number for key, number in expected.items() if key.table == table and key not in shown}
