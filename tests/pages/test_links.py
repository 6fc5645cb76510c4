"""Links of pages that MkDocs does not check: those of README and CONTRIBUTING, and paths of files that a page names."""

import re
from pathlib import Path

import pytest

from pages.blocks import ROOT, pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:tests|benchmarks|examples|experiments|ci|docs)/[\w./-]+)`")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as MkDocs and GitHub make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    links = [link for link in LINK.findall((ROOT / page).read_text()) if not link.startswith("http")]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        assert (ROOT / path).is_file(), link
        assert not anchor or anchor in anchors(ROOT / path), link


def test_files_that_are_named_exist() -> None:
    for page, path in pages().items():
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            assert "NAME" in name or (ROOT / name).exists(), f"{page}: {name}"
