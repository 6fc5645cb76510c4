"""The command `datasets`: lists the data sets that can be audited by name, and whether they are on disk."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.table import Table

from miaudit.cli.console import PlainConsole
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
    console.print(_table(cards))
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


def _table(cards: list[DatasetCard]) -> Table:
    table = Table(caption="MB: of the files on disk, else about those to get")
    table.add_column("data set", no_wrap=True)
    for title in ("records", "classes", "a record", "MB"):
        table.add_column(title, justify="right", no_wrap=True)
    for title in ("on disk", "licence", "source"):
        table.add_column(title)
    for item in cards:
        numbers = (
            _count(item.records),
            _count(item.classes),
            _shape(item.shape),
            f"{item.megabytes:.3g}" if item.megabytes else "-",
        )
        table.add_row(item.name, *numbers, "yes" if item.on_disk else "no", item.licence, item.source)
    return table


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _shape(shape: tuple[int, ...] | None) -> str:
    """The shape of one record in words.

    >>> _shape((3, 32, 32))
    '3 x 32 x 32'
    """
    return "-" if shape is None else " x ".join(f"{side:,}" for side in shape)
