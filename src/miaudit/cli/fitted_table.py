"""A table for the terminal with one line for each row, and as many columns as fit the screen."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table

from miaudit.presenter import NOTHING, Printed

GAP = 2  # columns of the screen between two columns of the table
SHORTEST_NAME = 14  # names are folded to this width where the first columns would not fit otherwise
LONGEST_NAME = 34
FIRST_COLUMNS = 4  # number of them
INTERVAL = "95 %\ninterval"


class Column(NamedTuple):
    """A column of the table; where the screen is narrow, those of the highest rank go first."""

    title: str
    cells: tuple[str, ...]
    rank: int
    justify: Literal["left", "right"] = "right"

    @property
    def width(self) -> int:
        """Columns of the screen, with the gap."""
        return GAP + max(cell_len(line) for cell in (self.title, *self.cells) for line in cell.split("\n"))


def fitted_table(title: str, names: Sequence[str], columns: Sequence[Column], width: int) -> Table:
    """A row for each name; what does not fit is left out, never cut.

    Args:
        title: title of the first column, which holds the names.
        names: the n names; a name is folded into several lines where the screen is too narrow for it.
        columns: all further columns, with n cells each, in their order on the screen.
        width: columns of the screen.
    """
    longest = min(max(map(cell_len, (title, *names))), LONGEST_NAME)
    shortest = min(SHORTEST_NAME, longest)
    shown = _fitting(columns, width - shortest - GAP, width - longest - GAP)
    room = width - sum(column.width for column in shown) - GAP
    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), show_edge=False)
    table.add_column(title, overflow="fold", width=min(longest, max(room, shortest)))
    for column in shown:
        table.add_column(column.title, justify=column.justify, no_wrap=True)
    for place, name in enumerate(names):
        table.add_row(name, *(column.cells[place] for column in shown))
    return table


def measured(title: str, printed: Sequence[Printed], rank: int, rank_of_interval: int) -> tuple[Column, Column]:
    """A column of measured values, and one of their intervals."""
    values = tuple(each.value or NOTHING for each in printed)
    intervals = tuple(each.interval.replace(" – ", "–") for each in printed)
    return Column(title, values, rank), Column(INTERVAL, intervals, rank_of_interval)


def _fitting(columns: Sequence[Column], room: int, room_beside_names: int) -> tuple[Column, ...]:
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
