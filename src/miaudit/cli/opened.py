"""Opens pages in the user's browser."""

import webbrowser
from pathlib import Path

from miaudit.cli.console import PlainConsole


def open_page(page: Path) -> None:
    """Open a page in the browser; where there is none, a line on stderr gives its address."""
    open_address(page.resolve().as_uri())


def open_address(address: str) -> None:
    """Open an address in the browser; where there is none, a line on stderr gives it."""
    if not webbrowser.open(address):
        PlainConsole(stderr=True, soft_wrap=True).print(f"No browser was found on this machine: open {address}")
