"""The contract of a chart file, which gives the page a section with its words and its charts.

`charts/NAME.py` holds a function NAME, which takes an audit and returns a `Section`, or None where the audit has
nothing to show in it. There is no list to extend.
"""

from typing import Literal, NamedTuple, get_args

from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.presenter import count
from miaudit.registry import find, names
from miaudit.report.claims import Matrix
from miaudit.report.drawing import Plot
from miaudit.report.tables import by_strength

FOLDER = "report.charts"
Question = Literal["found", "which", "sure", "researchers"]  # the parts of the page that have charts


class Audited(NamedTuple):
    """The audit as charts see it: its result and its table of records."""

    result: AuditResult
    records: ScoredRecords

    @property
    def scored(self) -> tuple[str, ...]:
        """The attacks that have scores in the table, the strongest first; none where there are no records."""
        if not len(self.records):
            return ()
        return tuple(name for name in by_strength(self.result) if name in self.records.scores)


class Chart(NamedTuple):
    """One or more views of the same series, with the words around them."""

    key: str  # its id in the page
    title: str
    views: dict[str, Plot]  # by the label of the button that shows it; the first one is shown at first
    label: str  # its name for readers who use a screen reader
    spoken: str  # what it shows, for the same readers
    caption: str
    matrices: tuple[Matrix, ...] = ()  # printed beside the chart
    rows: int = 0  # of a chart with one row for each attack, class or group, which is as high as they need

    @property
    def plot(self) -> Plot:
        """The view that is shown at first."""
        return next(iter(self.views.values()))


class Cell(NamedTuple):
    """One cell of a grid."""

    text: str
    note: str = ""
    shade: float = 0.0  # from 0, the page's colour, to 1


class GridRow(NamedTuple):
    """One row of a grid; cells that it lacks at its end are empty."""

    name: str
    cells: tuple[Cell, ...]


class Grid(NamedTuple):
    """A table with shaded cells."""

    title: str  # for readers who use a screen reader
    corner: str  # the heading of the names
    heads: tuple[str, ...]
    rows: tuple[GridRow, ...]


class Section(NamedTuple):
    """A part of the page with one kind of chart."""

    key: str  # the anchor of the section
    question: Question  # the part of the page where it stands
    place: int  # within that part, sections are shown in rising order
    heading: str
    text: str  # the paragraph below the heading; may be empty
    charts: tuple[Chart, ...]
    size: Literal["tall", "full", "half"] = "full"  # tall and full ones take the page's width, half ones share it
    grid: Grid | None = None  # printed above the charts
    shows_records: bool = False  # does it show single records, so that readers must be careful with the page?


def sections(audit: Audited) -> dict[Question, tuple[Section, ...]]:
    """The sections of all chart files that apply to this audit, by the part of the page, in the order of the page."""
    drawn: list[Section | None] = [find(FOLDER, name)(audit) for name in names(FOLDER)]
    ordered = sorted((each for each in drawn if each is not None), key=lambda section: section.place)
    questions: tuple[Question, ...] = get_args(Question)
    return {question: tuple(each for each in ordered if each.question == question) for question in questions}


def attacks_counted(number: int) -> str:
    """The number of attacks in words.

    >>> attacks_counted(1), attacks_counted(3)
    ('1 attack', '3 attacks')
    """
    return f"{count(number)} attack{'' if number == 1 else 's'}"
