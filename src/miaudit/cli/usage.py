"""Writes the documentation's page with the help of every command."""

from collections.abc import Iterator

import typer
from typer.testing import CliRunner

from miaudit.cli.main import app

WIDTH = "100"  # columns
HEAD = """# The command line

The help of each command, as `miaudit COMMAND --help` prints it. Exit codes: 0 done, 2 the input is at fault (one
message, no traceback), 130 interrupted, 1 any other failure.
"""


def usage() -> str:
    """The page in Markdown."""
    return "\n".join([HEAD, *_sections(app, ())])


def _sections(group: typer.Typer, words: tuple[str, ...]) -> Iterator[str]:
    for command in group.registered_commands:
        name = str(command.name or getattr(command.callback, "__name__", ""))
        yield from (f"## miaudit {' '.join((*words, name))}", "", "```text", _help((*words, name)), "```", "")
    for below in group.registered_groups:
        if below.typer_instance is not None:
            yield from _sections(below.typer_instance, (*words, str(below.name)))


def _help(words: tuple[str, ...]) -> str:
    """The help of one command, as on a terminal without colours."""
    env = {"COLUMNS": WIDTH, "TERMINAL_WIDTH": WIDTH, "NO_COLOR": "1"}
    said = CliRunner().invoke(app, [*words, "--help"], env=env, prog_name="miaudit", terminal_width=int(WIDTH))
    return "\n".join(line.rstrip() for line in said.output.strip().splitlines())
