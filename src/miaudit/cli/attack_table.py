"""The table of an audit in the terminal: one line for each attack, with as many columns as fit."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.table import Table

from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.auditing.wording import eyesight
from miaudit.messages import printable
from miaudit.presenter import NOTHING, Printed, count, limit, score, share
from miaudit.report.tables import AttackRow, attack_rows, blind_row, hidden_by_ties, measured_limits, missing_rates

GAP = 2  # columns of the screen between two columns of the table
SHORTEST_NAME = 14  # names are folded to this width where the first columns would not fit otherwise
LONGEST_NAME = 32
FIRST_COLUMNS = 4  # number of them
CAUTION = " *"  # behind the name of an attack whose low numbers mean nothing
INTERVAL = "95 %\ninterval"
ALONE = "Intervals and epsilon hold at 95 % for each attack alone; the verdict is corrected for the number of attacks."


class _Column(NamedTuple):
    """A column of the table; where the screen is narrow, those of the highest rank go first."""

    title: str
    cells: tuple[str, ...]
    rank: int

    @property
    def width(self) -> int:
        """Columns of the screen, with the gap."""
        return GAP + max(len(line) for cell in (self.title, *self.cells) for line in cell.split("\n"))


def attack_table(result: AuditResult, width: int) -> Table:
    """One line for each attack, the strongest first, and one for the attacker who never asks the model.

    Rates that could not be measured for any attack have no column.

    Args:
        result: the result of an audit.
        width: columns of the screen. Where it is narrow, the less important numbers are left out.
    """
    names, columns = _names(result), _columns(result)
    longest = min(max([SHORTEST_NAME, *map(len, names)]), LONGEST_NAME)
    shown = _fitting(columns, width - SHORTEST_NAME - GAP, width - longest - GAP)
    room = width - sum(column.width for column in shown) - GAP
    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), show_edge=False)
    table.add_column("attack", overflow="fold", width=min(longest, max(room, SHORTEST_NAME)))
    for column in shown:
        table.add_column(column.title, justify="right", no_wrap=True)
    for place, name in enumerate(names):
        table.add_row(name, *(column.cells[place] for column in shown))
    return table


def notes(result: AuditResult) -> Iterator[str]:
    """What a reader of the table must know, a sentence each."""
    if not result.attacks:
        return
    yield ALONE
    cautions: dict[str, list[str]] = {}
    for name in result.attacks:
        cautions.setdefault(eyesight(result.controls, name), []).append(name)
    yield from (f"{CAUTION.strip()} {remark}: {', '.join(names)}" for remark, names in cautions.items() if remark)
    yield from missing_rates(result)
    yield from _ties(result, measured_limits(result))
    yield from _saturation(result)


def _rows(result: AuditResult) -> tuple[AttackRow, ...]:
    blind = blind_row(result)
    return attack_rows(result) if blind is None else (*attack_rows(result), blind)


def _names(result: AuditResult) -> tuple[str, ...]:
    """The first column: names of the attacks, marked where a note warns of their numbers."""
    names = [f"{printable(row.name)}{CAUTION if row.remark else ''}" for row in attack_rows(result)]
    return tuple(names) if blind_row(result) is None else (*names, "without asking")


def _columns(result: AuditResult) -> tuple[_Column, ...]:
    """All columns in their order on the screen."""
    rows, limits = _rows(result), measured_limits(result)
    columns = [*_with_interval("AUC", [row.auc for row in rows], 0, 2)]
    for place, fpr in enumerate(limits):
        rates = [row.tprs[place] for row in rows]
        first, second = (1, 3) if place == 0 else (5 + 2 * place, 6 + 2 * place)
        columns += _with_interval(f"TPR at\n{limit(fpr)} FPR", rates, first, second)
    bounds = tuple(row.epsilon.value.removeprefix("≥ ") or NOTHING for row in rows)
    columns.append(_Column("epsilon\nat least", bounds, 4))
    claims = [_claimed(result.attacks[row.name]) for row in attack_rows(result)]
    claims += [(NOTHING, NOTHING)] * (len(rows) - len(claims))
    columns.append(_Column("called\nmembers", tuple(called for called, _ in claims), 5))
    columns.append(_Column("of them\nrightly", tuple(rightly for _, rightly in claims), 6))
    return tuple(columns)


def _with_interval(title: str, printed: list[Printed], rank: int, rank_of_interval: int) -> tuple[_Column, _Column]:
    values = tuple(each.value or NOTHING for each in printed)
    intervals = tuple(each.interval.replace(" – ", "–") for each in printed)
    return _Column(title, values, rank), _Column(INTERVAL, intervals, rank_of_interval)


def _claimed(attack: AttackResult) -> tuple[str, str]:
    """How many records the attack calls members at its own cut, and the share of members among them."""
    decision = attack.decision
    if decision.tp is None or decision.fp is None:
        return NOTHING, NOTHING
    right = None if decision.precision is None else decision.precision.value
    return count(decision.tp + decision.fp), share(right)


def _fitting(columns: tuple[_Column, ...], room: int, room_beside_names: int) -> tuple[_Column, ...]:
    """The most important columns that fit, the first of them in any case.

    Args:
        columns: all columns.
        room: columns of the screen beside folded names, for the first few columns.
        room_beside_names: columns of the screen beside names in full, for further columns.
    """
    shown: set[int] = set()
    for place in sorted(range(len(columns)), key=lambda place: columns[place].rank):
        taken = sum(columns[each].width for each in (*shown, place))
        if shown and taken > (room if columns[place].rank < FIRST_COLUMNS else room_beside_names):
            break
        shown.add(place)
    return tuple(column for place, column in enumerate(columns) if place in shown)


def _ties(result: AuditResult, limits: tuple[str, ...]) -> Iterator[str]:
    """A line on each attack whose equal scores allow no cut at some rate; the largest such rate is named."""
    for name, attack in result.attacks.items():
        hidden = [(fpr, note) for fpr in limits if (note := hidden_by_ties(attack, fpr))]
        if hidden:
            fpr, note = hidden[0]
            yield f"{name} at {limit(fpr)} FPR: {note}"


def _saturation(result: AuditResult) -> Iterator[str]:
    """A line on records with a probability of exactly 0 or 1: their share, and the floor that was used."""
    facts = result.target
    if facts.saturated and facts.probability_floor is not None:
        yield (
            f"{share(facts.saturated)} of the records have a probability of exactly 0 or 1: a 0 is read as "
            f"{score(facts.probability_floor)}, half of the smallest positive probability"
        )
