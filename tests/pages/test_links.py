"""Links lead to pages and headings that there are, and files that a page names exist."""

import re
from urllib.parse import urlsplit

from pages.blocks import ROOT, pages
from pages.links import anchors, links, slug

NAMED = re.compile(r"`((?:tests|benchmarks|examples|experiments|ci|docs)/[\w./-]+)`")
GENERATED = "api.md"  # its anchors come from docstrings; `mkdocs build --strict` checks them
VARIANTS = {"only-light", "only-dark"}  # of pictures


def test_an_anchor_is_the_heading_in_plain_small_letters() -> None:
    assert slug("How `TPR at 1 %` is (made)") == "how-tpr-at-1-is-made"
    assert slug("What a [model](model.md) gives") == "what-a-model-gives"


def test_links_lead_somewhere() -> None:
    within = [link for link in links() if not urlsplit(link.to).scheme]
    assert len(within) > 200
    broken = []
    for page, to in within:
        path, _, anchor = to.partition("#")
        target = page.parent / path if path else page
        found = target.exists() and (
            not anchor or anchor in VARIANTS or target.name == GENERATED or anchor in anchors(target)
        )
        broken += [] if found else [f"{page.name}: {to}"]
    assert broken == []


def test_links_to_elsewhere_are_well_formed() -> None:
    elsewhere = {link.to: link.page.name for link in links() if urlsplit(link.to).scheme}
    assert elsewhere
    for to, page in elsewhere.items():
        parts = urlsplit(to)
        assert parts.scheme == "https", f"{page}: {to}"
        assert re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}", parts.netloc), f"{page}: {to}"
        assert re.fullmatch(r"[\w./~%:@+-]*", parts.path), f"{page}: {to}"


def test_files_that_are_named_exist() -> None:
    for page, path in pages().items():
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            assert "NAME" in name or (ROOT / name).exists(), f"{page}: {name}"
