"""Takes the picture of a report's first screen that the documentation shows: `make picture` runs it on the demo.

python -m pages.picture REPORT
"""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "report.webp"
WIDTH, HEIGHT, SCALE = 1280, 875, 1.5
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")  # None: the one that Playwright installed


def take(report: Path) -> Image.Image:
    """The upper part of the page on a screen of usual width."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
        page.goto(report.resolve().as_uri())
        shot = page.screenshot()
        browser.close()
    return Image.open(io.BytesIO(shot))


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    take(Path(sys.argv[1])).save(PICTURE, quality=70, method=6)
