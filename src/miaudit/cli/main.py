"""The program `miaudit`: gathers the commands, and turns errors into messages and exit codes."""

import sys
from io import StringIO

import typer

from miaudit import __version__
from miaudit.cli import (
    audit,
    check,
    compare,
    datasets,
    evaluate,
    explain,
    figures,
    gate,
    init,
    look,
    pack,
    reproduce,
    score,
    store,
    view,
)
from miaudit.cli.console import PlainConsole, printable_warnings
from miaudit.errors import UserError
from miaudit.messages import cut

INTERRUPTED = 130
START = """miaudit finds out whether a model gives away which records it was trained on. Three ways to start:

  You have a trained model and its records
    miaudit audit model.onnx --members train.csv --nonmembers test.csv

  You have a table of predictions, of whatever model
    miaudit audit predictions.csv

  You want to see an audit first, or repeat a paper's experiment
    miaudit demo --open
    miaudit reproduce --list

All commands: miaudit --help"""
LONGEST_USAGE = 3000  # characters of the message on a wrong call, help included
Wrong = typer.BadParameter.__mro__[1]  # every mistake in options and commands; typer does not name it

app = typer.Typer(
    help="Audit machine-learning classifiers for membership-inference leakage.",
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(audit.demo)
app.command("audit")(audit.audit)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("score")(score.score)
app.command("evaluate")(evaluate.evaluate)
app.command("attacks")(look.attacks)
app.command("datasets")(datasets.datasets)
app.command("report")(look.report)
app.command("explain")(explain.explain)
app.command("gate")(gate.gate)
app.command("compare")(compare.compare)
app.command("figures")(figures.figures)
app.command("pack")(pack.pack)
app.command("verify")(pack.verify)
app.command("view")(view.view)
app.add_typer(store.app, name="store")
app.command("reproduce")(reproduce.reproduce)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Audit machine-learning classifiers for membership-inference leakage."""
    del version
    if context.invoked_subcommand is None:
        typer.echo(START, err=True)
        raise typer.Exit(2)


def run() -> None:
    """Run a command and exit: 0 done, 2 the input is at fault (a message, no traceback), 130 interrupted, 1 else.

    A gate exits with 0 pass, 1 fail and 3 cannot tell; a check of a pack with 1 where something is wrong.
    """
    errors = PlainConsole(stderr=True, soft_wrap=True)
    try:
        with printable_warnings():
            code: int | None = app(prog_name="miaudit", standalone_mode=False)
    except UserError as error:
        errors.print(f"miaudit: {error}")
        sys.exit(2)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        errors.print("miaudit: networks need PyTorch: pip install 'miaudit[torch]'")
        sys.exit(2)
    except Wrong as error:  # type: ignore[misc]
        said = StringIO()
        error.show(said)
        errors.print(cut(said.getvalue(), LONGEST_USAGE), end="")
        sys.exit(error.exit_code)
    except typer.Abort:
        errors.print("miaudit: stopped")
        sys.exit(1)
    if code == INTERRUPTED:  # typer's own answer to an interrupt
        errors.print("miaudit: interrupted; finished models are kept, and the same command continues from there")
    sys.exit(code or 0)


if __name__ == "__main__":
    run()
