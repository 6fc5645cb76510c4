"""The command `datasets`: lists the data sets that can be audited by name, and whether they are on disk."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.table import Table

from miaudit.cli.console import PlainConsole
from miaudit.cli.fitted_table import Column, fitted_table
from miaudit.cli.options import DataRoot

if TYPE_CHECKING:
    from miaudit.datasets.base import About


class DatasetCard(NamedTuple):
    """One data set, as `--json` prints it."""

    name: str
    describes: str
    records: int | None
    classes: int | None
    shape: tuple[int, ...] | None
    megabytes: float
    licence: str
    source: str
    folder: str | None
    on_disk: bool
    how_to_get: str


def datasets(
    data_root: DataRoot = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the data sets, and say how to get them.

    Shows sizes, licences and sources.
    """
    from miaudit.data_root import data_root_at

    with data_root_at(data_root):
        _list(as_json)


def _list(as_json: bool) -> None:
    from miaudit import registry
    from miaudit.data_root import data_root

    cards = [card(name) for name in registry.names("datasets")]
    if as_json:
        described = {"data_root": str(data_root().resolve()), "datasets": [item._asdict() for item in cards]}
        sys.stdout.write(json.dumps(described, indent=1) + "\n")
        return
    console = PlainConsole()
    console.print(_table(cards, console.width))
    console.print("MB: of the files on disk, else about those to get; a wider terminal shows more columns")
    searched = f"on disk: looked for in {data_root().resolve()} (--data-root or MIAUDIT_DATA)"
    console.print(searched, soft_wrap=True)
    for item in cards:
        if not item.on_disk:
            console.print(f"{item.name}: {item.how_to_get}", soft_wrap=True)


def card(name: str) -> DatasetCard:
    """Describe a data set; raises UserError if there is none of that name."""
    from miaudit import registry
    from miaudit.data_root import data_root
    from miaudit.datasets.base import is_on_disk, size_on_disk

    kind = registry.find("datasets", name)
    about: About = kind.about
    here = is_on_disk(about)
    return DatasetCard(
        name=name,
        describes=(kind.__doc__ or "").strip().splitlines()[0],
        records=about.records,
        classes=about.classes,
        shape=about.shape,
        megabytes=round(size_on_disk(about) / 1e6, 3) if here and about.files else about.megabytes,
        licence=about.licence,
        source=about.source,
        folder=str(Path(data_root() / about.folder).resolve()) if about.folder else None,
        on_disk=here,
        how_to_get=about.get,
    )


def _table(cards: list[DatasetCard], width: int) -> Table:
    """One line for each data set; where the screen is narrow, the less important columns are left out."""
    columns = (
        Column("records", tuple(_count(item.records) for item in cards), 2),
        Column("classes", tuple(_count(item.classes) for item in cards), 3),
        Column("a record", tuple(_shape(item.shape) for item in cards), 4),
        Column("MB", tuple(f"{item.megabytes:.3g}" if item.megabytes else "-" for item in cards), 1),
        Column("on disk", tuple("yes" if item.on_disk else "no" for item in cards), 0, "left"),
        Column("licence", tuple(item.licence for item in cards), 5, "left"),
        Column("source", tuple(item.source for item in cards), 6, "left"),
    )
    return fitted_table("data set", [item.name for item in cards], columns, width)


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _shape(shape: tuple[int, ...] | None) -> str:
    """The shape of one record in words.

    >>> _shape((3, 32, 32))
    '3 x 32 x 32'
    """
    return "-" if shape is None else " x ".join(f"{side:,}" for side in shape)
