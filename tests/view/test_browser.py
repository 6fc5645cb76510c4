"""The application as a reader meets it: served on this machine, in headless Chromium."""

import shutil
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Page, expect, sync_playwright

from miaudit.auditing.files import REPORT, RESULT, SCORES
from miaudit.cli.view import listening_on
from miaudit.view.app import application
from tiny import Audited
from visits import CHROMIUM, IN_CHROMIUM, SWITCHES

pytestmark = IN_CHROMIUM


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, audited: Audited) -> Iterator[str]:
    root = tmp_path_factory.mktemp("audits")
    for name in ("before", "after"):
        (root / name).mkdir()
        for file in (RESULT, SCORES, REPORT):
            shutil.copy(audited.folder / file, root / name / file)
    with listening_on(0) as socket:
        server = uvicorn.Server(uvicorn.Config(application(root), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        yield f"http://127.0.0.1:{socket.getsockname()[1]}/"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module", params=[(1280, 900, "light"), (390, 844, "dark")], ids=["wide-light", "phone-dark"])
def page(request: pytest.FixtureRequest) -> Iterator[tuple[Page, list[str]]]:
    """A page with everything that it complains of."""
    width, height, scheme = request.param
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES, "--no-proxy-server"])
        opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened, complaints
        browser.close()


def test_a_reader_searches_compares_and_opens_a_report(page: tuple[Page, list[str]], address: str) -> None:
    view, complaints = page
    view.goto(address)
    expect(view.get_by_role("heading", level=1)).to_have_text("2 of 2 audits")
    assert view.evaluate("document.documentElement.scrollWidth") == view.evaluate("innerWidth")
    view.get_by_label("Search").fill("before")
    view.get_by_role("button", name="Show").click()
    expect(view.get_by_role("heading", level=1)).to_have_text("1 of 2 audits")
    view.goto(address)
    for box in view.get_by_role("checkbox").all():
        box.check()
    view.get_by_role("button", name="Compare the chosen").click()
    expect(view.get_by_role("heading", level=1)).to_contain_text("leak")
    view.goto(address)
    view.locator("th a").first.click()
    expect(view.locator(".verdict").first).to_be_visible()
    view.locator("#theme").click()
    assert complaints == []


def test_other_sites_in_the_same_browser_learn_nothing(page: tuple[Page, list[str]], address: str) -> None:
    view, _ = page
    view.goto("data:text/html,<title>another site</title>")
    fetched = view.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address)
    assert fetched == "refused"


def test_a_saved_page_reads_no_other_audit(page: tuple[Page, list[str]], address: str) -> None:
    view, complaints = page
    view.goto(address)
    view.locator("th a").first.click()
    fetched = view.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address)
    assert fetched == "refused"
    assert view.evaluate("window.origin") == "null"
    complaints.clear()
