"""The command `reproduce`: runs a paper's table or figure, and sets our numbers beside the published ones."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.options import DataRoot, Jobs, Ray, StorePlace
from miaudit.cli.plain_table import plain_table
from miaudit.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from miaudit.experiments.paces import Paces
    from miaudit.experiments.results import RowResult, Scale
    from miaudit.experiments.running import Reproduction
    from miaudit.experiments.spec import Named, Row

Experiment = Annotated[
    str | None,
    typer.Argument(
        metavar="PAPER[/TABLE]",
        help="For instance ldc_mia/table4; a paper alone means all of its tables and figures.",
    ),
]
Rows = Annotated[
    str | None,
    typer.Option(help="Run only these rows, separated by commas: names or titles, as --list shows them."),
]
Seeds = Annotated[
    int | None, typer.Option(min=1, help="Number of runs per row. Default: the number in the experiment's file.")
]
RunScale = Annotated[
    Literal["quick", "paper"], typer.Option(help="`quick` runs every step on few records; ignore its numbers.")
]
Budget = Annotated[
    str | None,
    typer.Option(
        help="Train for about this long, such as 90m or 3h. Rows that miss runs are run one after another, as long as "
        "the forecast of the next one fits: first those without a result, tables before figures, then the shortest. "
        "The same command continues later."
    ),
]
GpuRows = Annotated[bool, typer.Option("--gpu-rows", help="Run also the rows that need a GPU, without one.")]
Listing = Annotated[
    bool,
    typer.Option("--list", help="List all experiments, or the rows of one with the time that each takes here."),
]
Pages = Annotated[Path | None, typer.Option(help="Write each paper's page of the documentation to this folder.")]
Folder = Annotated[Path, typer.Option(help="The folder `experiments` in a clone of miaudit's repository.")]


def reproduce(
    experiment: Experiment = None,
    rows: Rows = None,
    seeds: Seeds = None,
    scale: RunScale = "paper",
    budget: Budget = None,
    gpu_rows: GpuRows = False,
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
    from miaudit.auditing.budget import seconds_of
    from miaudit.data_root import data_root_at
    from miaudit.experiments.running import Reproduction
    from miaudit.running.runners import open_runner
    from miaudit.store.places import open_store
    from miaudit.store.upkeep import in_use
    from miaudit.store_root import store_root_at

    if pages is not None and (listing or experiment is not None):
        raise UserError("expected PAPER[/TABLE] or --list, or --pages: one at a time")
    if scale == "quick" and (seeds is not None or budget is not None):
        raise UserError("a quick run has one seed and takes seconds: leave out --seeds and --budget")
    if not listing and all(given is None for given in (experiment, pages, budget)):
        raise UserError(
            "expected PAPER or PAPER/TABLE, --budget for what is missing of all, or --list for what there is"
        )
    seconds = None if budget is None else seconds_of("--budget", budget)
    if listing and experiment is None:
        _list(folder)
    elif pages is not None:
        _write_pages(folder, pages)
    else:
        wanted, opened = _checked(folder, experiment, rows, scale), open_store(store)
        folders = data_root_at(data_root), store_root_at(opened.near.root)
        with folders[0], folders[1], in_use(opened), open_runner(jobs, ray) as runner:
            paces = _paces(opened.near.root, measure=seconds is not None)
            reproduction = Reproduction(opened, scale, seeds, gpu_rows or seconds is not None, paces, runner)
            _list_rows(folder, wanted, reproduction) if listing else _run_all(folder, wanted, reproduction, seconds)


def _checked(folder: Path, experiment: str | None, rows: str | None, scale: "Scale") -> "list[Named]":
    """The experiments asked for; raises UserError before the work where one of their files is wrong."""
    from miaudit.experiments import results
    from miaudit.experiments.chosen import chosen
    from miaudit.experiments.expected import read_expected
    from miaudit.experiments.spec import names

    asked = {name.partition("/")[0]: None for name in names(folder)} if experiment is None else [experiment]
    found = [named for name in asked for named in chosen(folder, name, rows)]
    for named in found:
        named.check()
        read_expected(folder, named.paper)
        results.read(folder, named.name, scale)
    return found


def _run_all(folder: Path, wanted: "list[Named]", reproduction: "Reproduction", seconds: float | None) -> None:
    """Run rows, all or those that fit into the time, save each result at once, and print the tables.

    Raises UserError at the end with the names of rows that failed.
    """
    from miaudit.cli.progress import progress

    failed: list[str] = []
    with progress() as shown:
        watched = replace(reproduction, listener=shown)
        touched: dict[str, None] = {}
        for named, row, part in _all(wanted) if seconds is None else _within(folder, wanted, watched, seconds):
            touched[named.name] = None
            failed += _run(folder, named, row, part, watched)
    for named in wanted:
        if named.name in touched:
            _show(folder, named, reproduction.scale)
    if failed:
        raise UserError(f"{len(failed)} of the rows could not be run ({', '.join(failed)}); the reasons are above")


def _all(wanted: "list[Named]") -> "Iterator[tuple[Named, Row, int]]":
    return ((named, row, part) for named in wanted for row, part in named.experiment.parts())


def _within(
    folder: Path, wanted: "list[Named]", reproduction: "Reproduction", seconds: float
) -> "Iterator[tuple[Named, Row, int]]":
    """The rows to run within the time, each announced with its forecast."""
    from miaudit.experiments import results
    from miaudit.experiments.agenda import entries, within

    errors, store = PlainConsole(stderr=True, soft_wrap=True), reproduction.store
    pairs = ((named, results.read(folder, named.name, reproduction.scale)) for named in wanted)
    waiting = list(entries(pairs, reproduction.paces, reproduction.seeds))
    for entry, took in within(waiting, store, seconds, reproduction.at_once):
        errors.print(f"{entry.title}: about {took.text} of training")
        yield entry.named, entry.row, entry.part


def _run(folder: Path, named: "Named", row: "Row", part: int, reproduction: "Reproduction") -> list[str]:
    """Run a row and save its result; returns its name if it failed: the next one may still work."""
    failed = []
    try:
        text = _save(folder, named, reproduction.row(named, row, part), reproduction.scale)
    except UserError as error:
        failed.append(f"{named.name} {row.name}")
        text = f"{row.name}: failed: {error}"
    PlainConsole(stderr=True, soft_wrap=True).print(text)
    return failed


def _show(folder: Path, named: "Named", scale: "Scale") -> None:
    """Print our numbers beside the published ones."""
    from miaudit.experiments import results
    from miaudit.experiments.beside import beside
    from miaudit.experiments.expected import read_expected
    from miaudit.experiments.page import markdown_table

    found = results.read(folder, named.name, scale)
    console = PlainConsole(soft_wrap=True)
    console.print(f"{named.experiment.source}: {named.experiment.title}")
    if scale == "quick":
        console.print("Few records, one epoch: every step was run, and the numbers below say nothing.")
    console.print(markdown_table(beside(named, found, read_expected(folder, named.paper))))
    console.print(f"Results: {results.path_of(folder, named.name, scale).resolve()}")


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


def _list(folder: Path) -> None:
    """Print all experiments, and what was run of each."""
    from miaudit.experiments.page import state
    from miaudit.experiments.results import read
    from miaudit.experiments.spec import load, names

    table = plain_table("experiment", "shows", "state")
    for name in names(folder):
        named = load(folder, name)
        table.add_row(name, named.experiment.title, state(named, read(folder, name, "paper")))
    PlainConsole().print(table)
    PlainConsole().print("With PAPER or PAPER/TABLE, --list shows each row and how long it takes here.", soft_wrap=True)


def _list_rows(folder: Path, wanted: "list[Named]", reproduction: "Reproduction") -> None:
    """Print the rows of experiments, and how long training the models of each takes."""
    from miaudit.experiments.agenda import listed
    from miaudit.experiments.results import read

    console = PlainConsole()
    for named in wanted:
        table = plain_table("row", "state", "training", "title")
        for row in listed(named, read(folder, named.name, "paper"), reproduction.paces, reproduction.at_once):
            table.add_row(*row)
        console.print(f"{named.name}: {named.experiment.title}")
        console.print(table)
    console.print(
        f"Training: of all models and seeds of a row, {reproduction.at_once} at once, with nothing in the store; "
        "models that rows share are counted in each. ~ is an estimate by the operations of a network whose speed was "
        "not measured: `miaudit reproduce PAPER --budget 0s` measures those of rows that miss runs, and runs nothing.",
        soft_wrap=True,
    )


def _paces(root: Path, measure: bool) -> "Paces":
    """The speeds of networks, kept beside the models."""
    from miaudit.experiments.paces import FILE, Paces
    from miaudit.training.device import resolve

    return Paces(root / FILE, resolve("auto"), measure)


def _write_pages(folder: Path, docs: Path) -> None:
    from miaudit.experiments.page import write_pages

    for path in write_pages(folder, docs):
        PlainConsole().print(f"{path}", soft_wrap=True)
