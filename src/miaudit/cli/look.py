"""The commands `attacks` and `report`, which show attacks and finished audits."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.opened import open_page as open_in_browser
from miaudit.cli.options import ForRelease, LogTo, OpenPage, SmallestGroup
from miaudit.errors import UserError
from miaudit.reading.path import check_folder

if TYPE_CHECKING:
    from miaudit.cli.describe import AttackCard


def attacks(
    name: Annotated[str | None, typer.Argument(help="Name of one attack, to show it in full.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown page.")] = False,
) -> None:
    """List the attacks, or show one in full.

    Shows the paper, the equation, what the attacker needs, and the hyper-parameters with their ranges.
    """
    from miaudit import registry
    from miaudit.cli.describe import AttackCard, card, markdown
    from miaudit.cli.plain_table import plain_table

    names = registry.names("attacks") if name is None else (name,)
    cards = [card(attack) for attack in names]
    if as_json:
        described = [item._asdict() for item in cards]
        sys.stdout.write(json.dumps(described if name is None else described[0], indent=1) + "\n")
        return
    if as_markdown:
        sys.stdout.write(markdown(cards))
        return
    console = PlainConsole()
    if name is not None:
        _show(console, cards[0])
        return
    table = plain_table(*AttackCard._fields[:3])
    for item in cards:
        table.add_row(item.name, item.measures, item.paper)
    console.print(table)


def _show(console: PlainConsole, item: "AttackCard") -> None:
    from miaudit.cli.plain_table import plain_table

    facts = {"measures": item.measures, "paper": item.paper, "score": item.equation}
    facts |= {"attacker": item.adversary, "needs": item.needs}
    for title, text in facts.items():
        console.print(f"{title:>9}  {text}")
    if item.details:
        console.print(f"\n{item.details}\n")
    if not item.parameters:
        return
    table = plain_table("parameter", "default", "allowed", "meaning")
    for parameter in item.parameters:
        table.add_row(*parameter)
    console.print(table)


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished audit.")],
    release: ForRelease = False,
    out: Annotated[Path | None, typer.Option(help="With --release: folder for the page and the result.")] = None,
    min_group: SmallestGroup = None,
    card: Annotated[
        Path | None,
        typer.Option("--model-card", help="Markdown file to write instead, for the model's card."),
    ] = None,
    log: LogTo = None,
    sacro: Annotated[
        Path | None, typer.Option(help="JSON file to write instead, in the layout of SACRO-ML's attack reports.")
    ] = None,
    open_page: OpenPage = False,
) -> None:
    """Write the page of a finished audit again.

    It is made from the saved results; nothing is computed anew. With --release, a page and a result that may leave a
    protected environment are written to another folder. --model-card, --sacro and --log write other forms of the
    audit, and leave the page as it is.
    """
    if card is not None or log is not None or sacro is not None:
        _record(folder, card, log, sacro)
        return
    page = _release(folder, out, min_group) if release else _page(folder, out, min_group)
    PlainConsole().print(f"Report: {page.resolve()}", soft_wrap=True)
    if open_page:
        open_in_browser(page)


def _page(folder: Path, out: Path | None, min_group: int | None) -> Path:
    """Write the page beside its result, and return its path."""
    if out is not None or min_group is not None:
        raise UserError("--out and --min-group go with --release: without it, the page is written beside its result")
    from miaudit.auditing.files import DEFENCES, REPORT, RESULT, SCORES, load_defences, load_result, load_scores
    from miaudit.decisions.saved_gate import load_decision
    from miaudit.manifest import check_together
    from miaudit.report.defences import write_defences
    from miaudit.report.html import write_report

    check_folder(folder, "the folder of an audit")
    check_together(folder, (DEFENCES, RESULT, SCORES))
    if (folder / DEFENCES).exists():
        defences = load_defences(folder)
        with fits_together(folder / DEFENCES):
            write_defences(defences, folder / REPORT)
    else:
        result, scores = load_result(folder), load_scores(folder)
        with fits_together(folder / RESULT):
            write_report(result, scores, folder / REPORT, load_decision(folder))
    return folder / REPORT


def _record(folder: Path, card: Path | None, log: str | None, sacro: Path | None) -> None:
    from miaudit.auditing.files import RESULT, SCORES
    from miaudit.cli.tracked import logged
    from miaudit.decisions.saved import open_audit
    from miaudit.files import write_atomically
    from miaudit.manifest import check_together
    from miaudit.report.model_card import model_card
    from miaudit.report.sacro import sacro as as_sacro
    from miaudit.report.trackers import tracker

    check_folder(folder, "the folder of an audit")
    check_together(folder, (RESULT, SCORES))
    audit = open_audit(folder)
    console = PlainConsole()
    if card is not None:
        write_atomically(card, model_card(audit.result).encode())
        console.print(f"Model card: {card.resolve()}", soft_wrap=True)
    if sacro is not None:
        write_atomically(sacro, as_sacro(audit).encode())
        console.print(f"SACRO-ML report: {sacro.resolve()}", soft_wrap=True)
    if log is not None:
        console.print(logged(tracker(log), folder))


def _release(folder: Path, out: Path | None, min_group: int | None) -> Path:
    """Write a page that may leave to another folder, and return its path."""
    from miaudit.auditing.files import DEFENCES, REPORT, RESULT, SCORES
    from miaudit.decisions.release import LEAST
    from miaudit.decisions.saved import open_audit
    from miaudit.manifest import check_together
    from miaudit.report.released import write_release

    check_folder(folder, "the folder of an audit")
    if (folder / DEFENCES).exists():
        raise UserError(f"{folder} compares defences: release its audits one by one, each in a folder below it")
    if out is None:
        raise UserError("--release needs --out FOLDER, a folder that holds no records")
    check_together(folder, (RESULT, SCORES))
    audit = open_audit(folder)
    with fits_together(folder / RESULT):
        write_release(audit, out, min_group or LEAST)
    return out / REPORT


@contextmanager
def fits_together(path: Path) -> Iterator[None]:
    """Turn errors from a damaged result of the right form, such as lists of different lengths, into a UserError."""
    try:
        yield
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UserError(
            f"{path}: expected the files of one audit, got parts that do not fit together or with the scores beside it "
            f"({type(error).__name__}: {error}); run the audit again"
        ) from error
