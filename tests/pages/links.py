"""The links of the documentation. `make links` prints those that lead elsewhere, for somebody with a network.

python -m pages.links
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pages.blocks import pages

FENCED = re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
AUTOMATIC = re.compile(r"<(https?://[^\s>]+)>")
HEADING = re.compile(r"^#+ (.+?)(?: *\{ *#([\w-]+) *\})? *$", re.MULTILINE)
SHOWN = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Link(NamedTuple):
    """A link and the page where it stands."""

    page: Path
    to: str


def links() -> Iterator[Link]:
    """All links of the documentation, those in code left out."""
    for path in pages().values():
        text = prose(path)
        yield from (Link(path, to) for to in (*LINK.findall(text), *AUTOMATIC.findall(text)))


def prose(page: Path) -> str:
    """The text of a page without its code."""
    return CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as MkDocs makes them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return {own or slug(title) for title, own in HEADING.findall(text)}


def slug(title: str) -> str:
    """The anchor that a heading gets."""
    plain = unicodedata.normalize("NFKD", SHOWN.sub(r"\1", title)).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip().lower())


if __name__ == "__main__":
    elsewhere: dict[str, dict[str, None]] = {}
    for page, to in links():
        if urlsplit(to).scheme:
            elsewhere.setdefault(to, {})[page.name] = None
    for to, named in sorted(elsewhere.items()):
        print(f"{to}\t{', '.join(named)}")
