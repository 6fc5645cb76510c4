"""The command `figures`: figures and tables of an audit for papers."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from miaudit.cli.console import PlainConsole
from miaudit.errors import UserError

if TYPE_CHECKING:
    from miaudit.decisions.saved import SavedAudit

Form = Literal["pdf", "svg", "png", "latex", "markdown", "csv"]
FOLDER = "figures"  # below that of the audit


def figures(
    audit: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished audit.")],
    form: Annotated[
        Form,
        typer.Option("--format", help="pdf, svg or png for figures; latex, markdown or csv for the table of attacks."),
    ] = "pdf",
    out: Annotated[Path | None, typer.Option(help="Folder for the files. Default: `figures` below DIR.")] = None,
) -> None:
    """Write figures and tables of an audit for papers.

    Figures are one column wide (3.3 inches) with letters of 8 pt and colours for colour-blind readers: ROC curves,
    precision against recall, scores, attacks with their intervals, and hard records. Equal audits give equal files.
    """
    from miaudit.auditing.files import DEFENCES
    from miaudit.decisions.saved import open_audit
    from miaudit.files import check_writable, write_atomically

    if (audit / DEFENCES).exists():
        raise UserError(f"{audit} compares defences: give the folder of one of its audits, which lie below it")
    found, folder = open_audit(audit), out or (audit if audit.is_dir() else audit.parent) / FOLDER
    check_writable(folder)
    console = PlainConsole(soft_wrap=True)
    for name, content in _files(found, form, console):
        write_atomically(folder / name, content)
        console.print(str(folder / name))


def _files(audit: "SavedAudit", form: Form, console: PlainConsole) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of one format."""
    from miaudit.auditing.scored_records import ScoredRecords
    from miaudit.report.paper.figures import draw_figures
    from miaudit.report.paper.style import file_of, style
    from miaudit.report.paper.tables import SUFFIXES, attack_table

    if form == "latex" or form == "markdown" or form == "csv":
        yield f"attacks.{SUFFIXES[form]}", attack_table(audit.result, form).encode()
        return
    records = ScoredRecords.from_table(audit.scores, tuple(audit.result.attacks))
    with style():
        drawn = draw_figures(audit.result, records)
        yield from ((f"{name}.{form}", file_of(figure, form)) for name, figure in drawn.figures.items())
    for name, why in drawn.missing.items():
        console.print(f"Left out: {name}, since {why}.")
