"""Finds the experiments and rows that a user asks for."""

from collections.abc import Iterable
from pathlib import Path

from miaudit.errors import UserError
from miaudit.experiments.spec import Named, Row, load, names
from miaudit.messages import did_you_mean, listed, shortened


def chosen(folder: Path, name: str, rows: str | None) -> list[Named]:
    """The experiment `PAPER/TABLE`, or every one of a `PAPER`; where rows are asked for, with these alone.

    Args:
        folder: the folder `experiments`.
        name: of an experiment or of a paper.
        rows: names or titles, separated by commas; None for all rows.

    Raises:
        UserError: the name, or that of a row, is unknown.
    """
    found = [load(folder, each) for each in names(folder) if each.startswith(f"{name}/")] or [load(folder, name)]
    if rows is None:
        return found
    wanted = rows_asked_for(rows, (row for each in found for row in each.experiment.rows))
    return [each.only(wanted) for each in found if set(wanted) & set(each.experiment.row_names)]


def rows_asked_for(text: str, rows: Iterable[Row]) -> tuple[str, ...]:
    """Names of rows, from names and titles separated by commas; titles may hold commas themselves.

    Raises:
        UserError: a name is unknown, or rows of several names have the title.

    >>> rows = [Row(name="adult_mlp", setting="a", title="Adult, MLP"), Row(name="credit", setting="c")]
    >>> rows_asked_for("credit, Adult, MLP", rows)
    ('credit', 'adult_mlp')
    """
    known: dict[str, dict[str, None]] = {}  # name or title -> the names that it may mean
    every = list(rows)
    for row in every:
        if row.title:
            known.setdefault(_plain(row.title), {})[row.name] = None
    known |= {_plain(row.name): {row.name: None} for row in every}  # a name means its own row, whatever has it as title
    found, parts = [], text.split(",")
    while parts:
        end = next((end for end in range(len(parts), 0, -1) if _plain(",".join(parts[:end])) in known), 1)
        found.append(_meant(",".join(parts[:end]).strip(), known))
        parts = parts[end:]
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", ", ").split())


def _meant(asked: str, known: dict[str, dict[str, None]]) -> str:
    meant = list(known.get(_plain(asked), {}))
    if not meant:
        names = list(dict.fromkeys(name for each in known.values() for name in each))
        raise UserError(f"no row is called {shortened(asked)}: {did_you_mean(asked, names)}")
    if len(meant) > 1:
        raise UserError(f"{len(meant)} rows have the title {asked!r}; ask for one by its name: {listed(meant)}")
    return meant[0]
