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

NOTE = (
    "Differences of rates and accuracies are in percentage points. The intervals hold for all tests together, and "
    "p-values are corrected for the number of tests."
)


def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR DIR [DIR]...", help="Folders of finished audits, each compared with the first."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for comparison.json, comparison.html and records.csv.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap over records.")] = 0,
    unpaired: Annotated[
        bool,
        typer.Option("--unpaired", help="Match no records: treat those of each audit as different, even if ids agree."),
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
    from miaudit import presenter
    from miaudit.report.comparison import untested
    from miaudit.report.folder import COMPARED_PAGE

    console = PlainConsole()
    for against in result.against:
        for sentence in (f"{against.headline}: {against.detail}.", *against.sentences):
            console.print(sentence)
        console.print()
        console.print(f"From {result.audits[0].name} to {against.name}")
        console.print(table(against, presenter.confidence(result.confidence), console.width))
        for sentence in (NOTE, *untested(against)):
            console.print(sentence)
    if out is not None:
        console.print(f"Report: {(out / COMPARED_PAGE).resolve()}", soft_wrap=True)


def table(against: "Against", confidence: str, width: int) -> "Table":
    """One line for each test: both numbers, their difference, its interval and the corrected p-value.

    Args:
        against: an audit beside the first.
        confidence: that of the intervals, in print.
        width: columns of the screen. Where it is narrow, the less important numbers are left out.
    """
    from miaudit.cli.fitted_table import Column, fitted_table
    from miaudit.messages import printable
    from miaudit.report.comparison import difference_rows

    rows = list(difference_rows(against))
    columns = (
        Column("attack", tuple(printable(row.attacks) for row in rows), 0, "left"),
        Column("from", tuple(row.before for row in rows), 3),
        Column("to", tuple(row.after for row in rows), 4),
        Column("difference", tuple(row.change.value for row in rows), 1),
        Column(f"{confidence}\ninterval", tuple(f"{row.change.low} to {row.change.high}" for row in rows), 5),
        Column("p", tuple(row.p for row in rows), 2),
    )
    return fitted_table("measure", [row.measure for row in rows], columns, width)
