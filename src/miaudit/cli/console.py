"""Prints text on the terminal without taking any of it for markup or control codes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, HighlighterType, JustifyMethod, OverflowMethod
from rich.style import Style
from rich.text import Text

from miaudit.messages import printable

PACKAGE = Path(__file__).parents[1]

# What stands for our signs where a terminal has ASCII alone.
IN_ASCII = str.maketrans(
    {"–": "-", "−": "-", "’": "'", "“": '"', "”": '"', "…": "...", "≥": ">=", "≤": "<=", "±": "+-", "∞": "inf"}
    | {"ε": "epsilon", "×": "x", "●": "*", "·": ".", "│": "|", "└": "+", "─": "-"}
)


class PlainConsole(Console):
    """A console that takes no text for markup and prints control characters as escapes.

    Names of files, columns and attacks may contain both. Tables and messages are given as plain strings, which all pass
    through `render_str`. Where the terminal has no Unicode, signs are replaced by ASCII, and other characters escaped.
    """

    def __init__(self, stderr: bool = False, soft_wrap: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=soft_wrap, markup=False, emoji=False, highlight=False)

    def render_str(
        self,
        text: str,
        *,
        style: str | Style = "",
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        emoji: bool | None = None,
        markup: bool | None = None,
        highlight: bool | None = None,
        highlighter: HighlighterType | None = None,
    ) -> Text:
        """The text with control characters written as escapes."""
        shown = printable(text)
        if not self.encoding.startswith("utf"):
            shown = shown.translate(IN_ASCII).encode("ascii", "backslashreplace").decode()
        return super().render_str(
            shown,
            style=style,
            justify=justify,
            overflow=overflow,
            emoji=emoji,
            markup=markup,
            highlight=highlight,
            highlighter=highlighter,
        )


@contextmanager
def printable_warnings() -> Iterator[None]:
    """Make warnings within the block printable too, since they may quote names of files and columns.

    Warnings of miaudit itself are shown as its messages are, without the line of code that they come from.
    """
    before = warnings.formatwarning

    def formatted(
        message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
    ) -> str:
        if PACKAGE in Path(filename).parents:
            return printable(f"miaudit: warning: {message}") + "\n"
        return printable(before(message, category, filename, lineno, line))

    warnings.formatwarning = formatted
    try:
        yield
    finally:
        warnings.formatwarning = before
