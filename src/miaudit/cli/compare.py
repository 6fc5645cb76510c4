"""The command `compare`: finished audits beside a first one."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.opened import open_page as open_in_browser
from miaudit.cli.options import OpenPage
from miaudit.errors import UserError

if TYPE_CHECKING:
    from rich.table import Table

    from miaudit.decisions.comparison import Against, AuditComparison


def compare(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR DIR [DIR]...", help="Folders of finished audits, the first one first.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.json, comparison.html and records.csv.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap over records.")] = 0,
    unpaired: Annotated[
        bool, typer.Option("--unpaired", help="Take all records to be different, whatever their ids.")
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Write no records.csv, and no counts of fewer than 10 records.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print comparison.json instead of tables.")] = False,
    open_page: OpenPage = False,
) -> None:
    """Compare finished audits with the first one.

    Shows what leaks less or more, beyond chance, and which records became exposed. Records are matched by their
    ids, so that what two audits share cancels. All intervals and p-values are corrected for the number of tests.
    """
    from miaudit.decisions.compare import LEAST_RELEASED
    from miaudit.decisions.compare import compare as compared
    from miaudit.decisions.comparison import to_json
    from miaudit.decisions.saved import open_audit
    from miaudit.files import check_writable
    from miaudit.report.folder import COMPARED_PAGE, write_compared_folder

    if open_page and out is None:
        raise UserError("--open needs --out FOLDER, where the page is written")
    if out is not None:
        check_writable(out)
    first, *others = [open_audit(folder) for folder in folders]
    found = compared(first, others, seed, unpaired, least=LEAST_RELEASED if release else 0)
    if out is not None:
        write_compared_folder(found, out, with_records=not release)
    if as_json:
        sys.stdout.write(to_json(found.result))
    else:
        _show(found.result, out)
    if open_page and out is not None:
        open_in_browser(out / COMPARED_PAGE)


def _show(result: "AuditComparison", out: Path | None) -> None:
    from miaudit.report.folder import COMPARED_PAGE

    console = PlainConsole()
    for against in result.against:
        for sentence in (f"{against.headline}: {against.detail}.", *against.sentences):
            console.print(sentence)
        console.print(_table(result.audits[0].name, against, result.confidence))
    if out is not None:
        console.print(f"Report: {(out / COMPARED_PAGE).resolve()}", soft_wrap=True)


def _table(first: str, against: "Against", confidence: float) -> "Table":
    """One row per test, with both numbers, their difference and the corrected p-value."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from miaudit import presenter
    from miaudit.report.comparison import difference_rows, untested

    notes = [
        f"differences of rates and accuracies in percentage points, with {presenter.confidence(confidence)} intervals",
        "which hold for all tests together; p-values are corrected for the number of tests",
        *untested(against),
    ]
    table = Table(title=f"From {first} to {against.name}", caption="\n".join(notes), box=SIMPLE_HEAD)
    table.add_column("measure", overflow="fold")
    for title in (first, against.name, "difference", "p"):
        table.add_column(title, justify="right", overflow="fold")
    for row in difference_rows(against):
        table.add_row(row.title, row.before, row.after, row.change.text("\n"), row.p)
    return table
