import warnings

import pytest
from rich.table import Table

from miaudit.cli.console import PlainConsole, printable_warnings


def test_nothing_in_a_text_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    console = PlainConsole(soft_wrap=True)
    table = Table("[bold]a[/bold]", title="[/x] \x1b[31m", caption=":smile:")
    table.add_row("[red]\x1b[2J\x9b")
    console.print("Report: /tmp/[bold]x[/wrong]/\x07:smile:")
    console.print(table)
    out = capsys.readouterr().out
    assert r"Report: /tmp/[bold]x[/wrong]/\x07:smile:" in out
    for shown in ("[bold]a[/bold]", r"[/x] \x1b[31m", ":smile:", r"[red]\x1b[2J\x9b"):
        assert shown in out
    assert not set(out) & set("\x07\x1b\x9b")


def test_warnings_are_printable_and_as_before_afterwards() -> None:
    before = warnings.formatwarning
    with printable_warnings():
        shown = warnings.formatwarning("column a\x1b[31m\x9b of s3://ann:pw@host/x", UserWarning, "file.py", 3)
    assert "column a\\x1b[31m\\x9b of s3://ann:***@host/x" in shown
    assert warnings.formatwarning is before
