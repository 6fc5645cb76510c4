"""A report as a reader meets it, opened in headless Chromium, with everything it asks for and complains of."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from miaudit.report.html import write_report
from report_example import Example

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SWITCHES += ["--disable-component-update", "--disable-sync", "--no-proxy-server", "--disable-software-rasterizer"]
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium"),
]

PATIENCE = 120_000  # milliseconds: a guard, the machine may be busy
expect.set_options(timeout=PATIENCE)

# Replaces every way out of a page by a note that it was tried.
WATCH = """
window.tried = [];
const note = (what) => function () { window.tried.push(what); };
for (const name of ["open", "fetch", "postMessage", "XMLHttpRequest", "WebSocket", "EventSource", "Worker",
                    "SharedWorker", "RTCPeerConnection"]) window[name] = note(name);
navigator.sendBeacon = note("sendBeacon");
MessagePort.prototype.postMessage = note("postMessage");
HTMLFormElement.prototype.submit = HTMLFormElement.prototype.requestSubmit = note("form");
HTMLAnchorElement.prototype.click = note("link");
addEventListener("submit", note("form"), true);
addEventListener("beforeunload", note("left"));
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium; starting it takes a second."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


class Pages:
    """Pages of a browser, which are used again: to make one takes longer than to draw a report in it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: list[Page] = []

    def take(self) -> Page:
        return self.idle.pop() if self.idle else self._made()

    def _made(self) -> Page:
        page = self.browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WATCH)
        return page

    def give_back(self, page: Page) -> None:
        """Leave nothing of what was chosen on the page."""
        page.evaluate("localStorage.clear()")
        page.emulate_media(media="null")
        page.goto("about:blank")
        page.mouse.move(0, 0)
        self.idle.append(page)


class Visit:
    """An opened report, with everything it asked for and complained of."""

    def __init__(self, pages: Pages, path: Path, width: int = 1300, height: int = 900, scheme: Any = "light") -> None:
        self.pages, self.page = pages, pages.take()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.heard: dict[Any, Callable[[Any], None]] = {
            "request": lambda request: self.requests.append(request.url),
            "console": lambda message: self.complaints.append(message.text),
            "pageerror": lambda error: self.complaints.append(str(error)),
            "dialog": lambda dialog: self.complaints.append(dialog.message),
        }
        for event, hear in self.heard.items():
            self.page.on(event, hear)
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        self.page.goto(path.as_uri())

    def end(self) -> None:
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        self.pages.give_back(self.page)

    def colour(self, selector: str, style: str) -> str:
        return str(self.page.locator(selector).first.evaluate(f"node => getComputedStyle(node).{style}"))


def write(example: Example, folder: Path) -> Path:
    path = folder / "report.html"
    write_report(example.result(), example.table(), path)
    return path
