"""The program `miaudit`: its commands, and what becomes of errors."""

import sys

import typer
from rich.console import Console

from miaudit import __version__
from miaudit.cli import audit, datasets, look, reproduce, score, store
from miaudit.errors import UserError

INTERRUPTED = 130

app = typer.Typer(
    help="Audit machine-learning classifiers for membership-inference leakage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(audit.demo)
app.command("audit")(audit.audit)
app.command("score")(score.score)
app.command("evaluate")(score.evaluate)
app.command("attacks")(look.attacks)
app.command("datasets")(datasets.datasets)
app.command("report")(look.report)
app.add_typer(store.app, name="store")
app.command("reproduce")(reproduce.reproduce)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print it.")) -> None:
    """Audit machine-learning classifiers for membership-inference leakage."""
    del version


def run() -> None:
    """Exit codes: 0 done, 2 the user's input is at fault (one message, no traceback), 130 interrupted, 1 else."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        app(prog_name="miaudit")
    except UserError as error:
        errors.print(f"miaudit: {error}", markup=False)
        sys.exit(2)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        errors.print("miaudit: networks need PyTorch: pip install 'miaudit[torch]'", markup=False)
        sys.exit(2)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer's own answer to an interrupt
            errors.print("miaudit: interrupted; finished models are kept, the same command goes on from there")
        raise
