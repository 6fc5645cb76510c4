"""The pictures of the documentation."""

from pages.blocks import ROOT
from pages.picture import REPORT_SHOTS, VIEW_SHOTS


def test_the_pictures_are_small_and_each_is_shown() -> None:
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()}
    assert set(pictures) == {f"{shot.name}.webp" for shot in (*REPORT_SHOTS, *VIEW_SHOTS)}
    assert sum(pictures.values()) < 600_000
    docs = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    assert [name for name in pictures if f"images/{name}" not in docs] == []
