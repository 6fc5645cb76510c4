"""The code blocks of README, CONTRIBUTING and docs."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"(?:^<!-- not run: (.+?) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# ([\w/]+(?:\.\w+)?)\n")  # the first line of a block that a reader saves as a file
SHOWN = ("text",)  # languages of what is shown, not run


class Block(NamedTuple):
    """A block of code as it stands on its page."""

    page: str
    line: int  # of its opening fence or mark
    language: str
    text: str
    not_run: str  # why it is not run; empty where it is

    @property
    def place(self) -> str:
        """The page and the line."""
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """Name of the file that the block's first line says it is; empty where it says none."""
        named = FILE_NAME.match(self.text)
        return named[1] if named and ("." in named[1] or named[1] == "Makefile") else ""


def pages() -> dict[str, Path]:
    """Every page by its name."""
    return {
        path.name: path
        for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
    }


def blocks(page: str) -> list[Block]:
    """The page's blocks of code, in order; what is only shown is left out."""
    text = pages()[page].read_text(encoding="utf-8")
    found = FENCED.finditer(text)
    every = [Block(page, text.count("\n", 0, one.start()) + 1, one[2], one[3], one[1] or "") for one in found]
    return [block for block in every if block.language not in SHOWN]
