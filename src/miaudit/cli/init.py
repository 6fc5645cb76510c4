"""The command `init`: writes a first configuration from what lies in the current folder."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from miaudit.cli.check import USUAL
from miaudit.cli.console import PlainConsole
from miaudit.cli.options import Label, MemberRecords, OtherRecords, OutputForm, Population, SignalOfModel
from miaudit.errors import UserError
from miaudit.files import check_writable, new_file


def init(
    model: Annotated[
        str | None,
        typer.Argument(
            help="A model: a file, a folder, a URL, or a function such as net.py:make?weights=w.safetensors."
        ),
    ] = None,
    members: MemberRecords = None,
    nonmembers: OtherRecords = None,
    population: Population = None,
    label: Label = None,
    outputs: OutputForm = None,
    signal: SignalOfModel = None,
    out: Annotated[Path, typer.Option(help="File for the configuration; an existing one is never replaced.")] = Path(
        USUAL
    ),
) -> None:
    """Write a configuration for the current folder.

    It names the models, records and predictions found there, and explains every key. On a terminal and without
    options, it asks at most four questions about what is unclear.
    """
    from miaudit.cli.drafting import Told, drafted

    if out.exists() or out.is_symlink():
        raise UserError(f"{out} is there already, and is not replaced: choose another --out")
    check_writable(out.parent)
    told = Told(model, _text(members), _text(nonmembers), _text(population), label, outputs, signal)
    asks = not any(told) and sys.stdin.isatty() and sys.stderr.isatty()
    text = drafted(told, out, _prompt if asks else None)
    with new_file(out) as file:
        file.write(text.encode())
    console = PlainConsole(soft_wrap=True)
    console.print(f"Wrote {out}. Check and complete it, then: miaudit check {out}, and miaudit audit {out}.")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _prompt(question: str, usual: str) -> str:
    answer: str = typer.prompt(question, default=usual, show_default=bool(usual), err=True)
    return answer.strip()
