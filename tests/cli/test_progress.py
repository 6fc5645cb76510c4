import io
import sys
import time

import pytest
from rich.console import Console
from rich.progress import Progress

from miaudit.cli import progress as progress_file
from miaudit.cli.progress import progress
from miaudit.running.pace import Pace

PACE = Pace(1_000.0, 75.0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_where_nobody_watches(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with progress() as shown:
        shown.report("models", 0, 9)
        shown.watch(PACE)  # too soon after the line before
        now[0] += 11
        shown.watch(PACE)
        shown.report("models", 1, 9)
        shown.report("models", 9, 9)
        shown.say("done")
    told = ["models: 0 of 9", "models: 0 of 9, 1,000 samples/s, 1 min 15 s left", "models: 9 of 9", "done"]
    assert capsys.readouterr().err.splitlines() == told


def test_bars_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    drawn = io.StringIO()
    console = Console(file=drawn, width=100, force_terminal=True, markup=False, highlight=False)
    monkeypatch.setattr(progress_file, "PlainConsole", lambda **_: console)
    with progress() as shown:
        shown.watch(PACE)  # before there is anything to show it beside
        shown.report("models", 3, 9)
        shown.watch(PACE)
        bars: Progress = shown.bars  # type: ignore[attr-defined]
        bars.refresh()
        shown.say("[half] done")
        shown.report("models", 9, 9)
        shown.report("attacks", 1, 2)
    text = drawn.getvalue()
    assert "1,000 samples/s, 1 min 15 s left" in text
    assert "[half] done" in text
    assert "attacks" in text
    assert text.rfind("samples/s") < text.rfind("9/9")  # no pace once all is done
