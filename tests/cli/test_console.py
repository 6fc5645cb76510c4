import io
import sys
import warnings

import pytest
from rich.table import Table

import miaudit
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


def test_own_warnings_have_the_form_of_messages() -> None:
    with printable_warnings():
        shown = warnings.formatwarning("the file\x07 is damaged", UserWarning, miaudit.__file__, 3)
        other = warnings.formatwarning("it may diverge", UserWarning, __file__, 3)
    assert shown == "miaudit: warning: the file\\x07 is damaged\n"
    assert "test_console.py:3: UserWarning: it may diverge" in other


def test_a_terminal_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", written)
    console = PlainConsole()
    table = Table("TPR – FPR")
    table.add_row("≥ 0.5 ± 0.1")
    console.print("attackers’ models: 3 × ● │ é")
    console.print(table)
    written.seek(0)
    text = written.read()
    assert "attackers' models: 3 x * | \\xe9" in text
    assert ">= 0.5 +- 0.1" in text
