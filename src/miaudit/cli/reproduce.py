"""The command `reproduce`: runs a paper's table or figure, and sets our numbers beside the published ones."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from miaudit.cli.console import PlainConsole
from miaudit.cli.options import DataRoot, Jobs, Ray, StorePlace
from miaudit.errors import UserError

if TYPE_CHECKING:
    from miaudit.experiments.results import RowResult, Scale
    from miaudit.experiments.running import Reproduction
    from miaudit.experiments.spec import Named

Experiment = Annotated[
    str | None,
    typer.Argument(
        metavar="PAPER[/TABLE]",
        help="For instance ldc_mia/table4; a paper alone means all of its tables and figures.",
    ),
]
Rows = Annotated[str | None, typer.Option(help="Run only these rows, separated by commas.")]
Seeds = Annotated[
    int | None, typer.Option(min=1, help="Number of runs per row. Default: the number in the experiment's file.")
]
RunScale = Annotated[Literal["quick", "paper"], typer.Option(help="`quick` runs every step with few records.")]
Listing = Annotated[bool, typer.Option("--list", help="List all experiments, and say which were run.")]
Pages = Annotated[Path | None, typer.Option(help="Write each paper's page of the documentation to this folder.")]
Folder = Annotated[Path, typer.Option(help="The folder `experiments` in a clone of miaudit's repository.")]


def reproduce(
    experiment: Experiment = None,
    rows: Rows = None,
    seeds: Seeds = None,
    scale: RunScale = "paper",
    listing: Listing = False,
    pages: Pages = None,
    folder: Folder = Path("experiments"),
    store: StorePlace = None,
    jobs: Jobs = None,
    ray: Ray = None,
    data_root: DataRoot = None,
) -> None:
    """Repeat a paper's experiment.

    Prints our numbers beside the published ones. After an interrupt, the same command continues where it stopped.
    """
    from miaudit.data_root import data_root_at
    from miaudit.experiments.running import Reproduction
    from miaudit.running.runners import open_runner
    from miaudit.store.places import open_store
    from miaudit.store.upkeep import in_use
    from miaudit.store_root import store_root_at

    if experiment is not None and (listing or pages is not None):
        raise UserError("expected PAPER[/TABLE], or --list, or --pages: one at a time")
    if scale == "quick" and seeds is not None:
        raise UserError("a quick run has one seed: leave out --seeds")
    if listing:
        PlainConsole().print(_states(folder))
    elif pages is not None:
        _write_pages(folder, pages)
    elif experiment is not None:
        names = () if rows is None else tuple(name.strip() for name in rows.split(","))
        wanted, opened = _checked(folder, experiment, names, scale), open_store(store)
        folders = data_root_at(data_root), store_root_at(opened.near.root)
        with folders[0], folders[1], in_use(opened), open_runner(jobs, ray) as runner:
            reproduction = Reproduction(opened, scale, seeds, runner)
            failed = [row for named in wanted for row in _run(folder, named, reproduction)]
        if failed:
            raise UserError(f"{len(failed)} of the rows could not be run ({', '.join(failed)}); the reasons are above")
    else:
        raise UserError("expected PAPER or PAPER/TABLE, or --list for what there is")


def _checked(folder: Path, experiment: str, rows: tuple[str, ...], scale: "Scale") -> "list[Named]":
    """The experiments asked for; raises UserError before the work where one of their files is wrong."""
    from miaudit.experiments import results
    from miaudit.experiments.expected import read_expected
    from miaudit.experiments.spec import chosen

    found = chosen(folder, experiment, rows)
    for named in found:
        named.check()
        read_expected(folder, named.paper)
        results.read(folder, named.name, scale)
    return found


def _run(folder: Path, named: "Named", reproduction: "Reproduction") -> list[str]:
    """Run rows, save each result at once, and print the whole table; returns the names of rows that failed."""
    from miaudit.cli.progress import progress
    from miaudit.experiments import results
    from miaudit.experiments.beside import beside
    from miaudit.experiments.expected import read_expected
    from miaudit.experiments.page import markdown_table

    errors = PlainConsole(stderr=True, soft_wrap=True)
    failed = []
    with progress() as shown:
        watched = replace(reproduction, listener=shown)
        for row, part in named.experiment.parts():
            try:
                text = _save(folder, named, watched.row(named, row, part), reproduction.scale)
            except UserError as error:  # the next row may still work
                failed.append(f"{named.name} {row.name}")
                text = f"{row.name}: failed: {error}"
            errors.print(text)
    found = results.read(folder, named.name, reproduction.scale)
    console = PlainConsole(soft_wrap=True)
    console.print(f"{named.experiment.source}: {named.experiment.title}")
    if reproduction.scale == "quick":
        console.print("Few records, one epoch: every step was run, and the numbers below say nothing.")
    console.print(markdown_table(beside(named, found, read_expected(folder, named.paper))))
    console.print(f"Results: {results.path_of(folder, named.name, reproduction.scale).resolve()}")
    return failed


def _save(folder: Path, named: "Named", row: "RowResult", scale: "Scale") -> str:
    """Write the row's result unless there is a better one; returns a line about it."""
    from miaudit.experiments import results

    before = results.read(folder, named.name, scale)
    kept = before.holds_more_than(row)
    if not kept:
        results.write(folder, before.with_row(row))
    why = row.why or ("fewer runs than before" if kept else "")
    stays = "; its older result stays" if kept else ""
    return f"{row.name}: {row.state}{': ' if why else ''}{why}{stays}"


def _states(folder: Path) -> Table:
    from miaudit.experiments.page import state
    from miaudit.experiments.results import read
    from miaudit.experiments.spec import load, names

    table = Table("experiment", "shows", "state")
    for name in names(folder):
        named = load(folder, name)
        table.add_row(name, named.experiment.title, state(named, read(folder, name, "paper")))
    return table


def _write_pages(folder: Path, docs: Path) -> None:
    from miaudit.experiments.page import write_pages

    for path in write_pages(folder, docs):
        PlainConsole().print(f"{path}", soft_wrap=True)
