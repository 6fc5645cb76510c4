"""Takes the pictures that the documentation shows; `make picture` runs it on the demo and on an example.

python -m pages.picture AUDIT [AUDIT]...
"""

import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser

from miaudit.auditing.files import REPORT
from served import served
from visits import chromium

IMAGES = Path(__file__).parents[2] / "docs" / "images"


class Shot(NamedTuple):
    """One picture of what a screen shows first."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0  # pixels of the picture per pixel of the page


REPORT_SHOTS = (
    Shot("report", 1280, 875, scale=1.5),
    Shot("report-dark", 1280, 875, "dark"),
    Shot("report-tablet", 820, 1180),
    Shot("report-tablet-dark", 820, 1180, "dark"),
    Shot("report-phone", 390, 844),
    Shot("report-phone-dark", 390, 844, "dark"),
)
VIEW_SHOTS = (
    Shot("view", 1280, 400, scale=1.5),
    Shot("view-dark", 1280, 400, "dark"),
    Shot("view-phone", 390, 844),
)


def take(audits: list[Path]) -> Iterator[tuple[str, Image.Image]]:
    """The first audit's report, and the list of all audits, with the names of the pictures."""
    with chromium() as browser, TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        for audit in audits:
            shutil.copytree(audit, root / audit.resolve().name.removeprefix("miaudit-"))
        yield from _shots(browser, (audits[0] / REPORT).resolve().as_uri(), REPORT_SHOTS)
        with served(root) as address:
            yield from _shots(browser, address, VIEW_SHOTS)


def _shots(browser: Browser, address: str, shots: tuple[Shot, ...]) -> Iterator[tuple[str, Image.Image]]:
    for name, width, height, scheme, scale in shots:
        page = browser.new_page(
            viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=scale
        )
        page.goto(address)
        yield name, Image.open(io.BytesIO(page.screenshot()))
        page.close()


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    for name, picture in take([Path(place) for place in sys.argv[1:]]):
        picture.save(IMAGES / f"{name}.webp", quality=70, method=6)
