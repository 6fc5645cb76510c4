"""The application as a reader meets it: served on this machine, in headless Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from miaudit.auditing.files import REPORT, RESULT, SCORES, load_result, to_json
from miaudit.auditing.result import Preliminary
from miaudit.view import app
from served import served
from tiny import Audited
from visits import IN_CHROMIUM, PATIENCE

pytestmark = IN_CHROMIUM
DESK, TABLET, PHONE = (1280, 900), (820, 1180), (390, 844)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, audited: Audited) -> Path:
    root = tmp_path_factory.mktemp("audits")
    for name in ("before", "after"):
        (root / name).mkdir()
        for file in (RESULT, SCORES, REPORT):
            shutil.copy(audited.folder / file, root / name / file)
    return root


@pytest.fixture(scope="module")
def address(root: Path) -> Iterator[str]:
    with served(root) as found:
        yield found


class Reader:
    """An opened page with everything that it complains of and that it asks for."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int], scheme: str) -> None:
        self.page: Page = browser.new_page(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "request", lambda asked: None if asked.url.startswith(address) else self.elsewhere.append(asked.url)
        )
        self.page.goto(address)

    def choose_all(self) -> None:
        for box in self.page.get_by_role("checkbox").all():
            box.check()

    def open_report(self) -> None:
        self.page.locator("th a").first.click()
        expect(self.page.locator(".verdict").first).to_be_visible()

    def check(self) -> None:
        """The page has no fault that axe finds, and fits the width of the screen."""
        assert self.violations() == {}
        size = self.page.viewport_size
        assert size is not None
        assert self.page.evaluate("document.documentElement.scrollWidth") == size["width"]

    def violations(self) -> dict[str, str]:
        """The rules that axe finds broken, each with the first part of the page that breaks it."""
        found = Axe().run(self.page).response
        assert "color-contrast" in {rule["id"] for rule in found["passes"] + found["violations"]}
        return {rule["id"]: rule["nodes"][0]["html"][:200] for rule in found["violations"]}


@pytest.fixture
def reader(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Reader]:
    opened = Reader(browser, address, *getattr(request, "param", (DESK, "light")))
    yield opened
    opened.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_the_list_is_open_to_all_in_each_size(
    browser: Browser, address: str, size: tuple[int, int], scheme: str
) -> None:
    reader = Reader(browser, address, size, scheme)
    reader.check()
    assert (reader.complaints, reader.elsewhere) == ([], [])
    reader.page.close()


@pytest.mark.parametrize("reader", [(DESK, "dark"), (TABLET, "light"), (PHONE, "dark")], indirect=True)
def test_so_is_every_other_page(reader: Reader, address: str) -> None:
    reader.choose_all()
    reader.page.get_by_role("button", name="Compare the chosen").click()
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("leak")
    reader.check()
    assert reader.complaints == []
    reader.page.goto(f"{address}audit/none")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("This page cannot be shown")
    reader.check()
    assert all("status of 404" in complaint for complaint in reader.complaints)  # the browser's own word on it
    assert reader.elsewhere == []


@pytest.mark.parametrize("reader", [(PHONE, "dark")], indirect=True)
def test_a_report_is_as_open_here_as_it_is_as_a_file(reader: Reader) -> None:
    reader.open_report()
    reader.check()
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_axe_would_have_found_something(reader: Reader) -> None:
    reader.page.evaluate("document.querySelector('input[name=audit]').removeAttribute('aria-label')")
    reader.page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert set(reader.violations()) == {"label", "color-contrast"}


def test_a_reader_searches_compares_and_opens_a_report(reader: Reader, address: str) -> None:
    page = reader.page
    heading, compare = page.get_by_role("heading", level=1), page.get_by_role("button", name="Compare the chosen")
    expect(heading).to_have_text("2 audits")
    expect(compare).to_be_disabled()
    page.get_by_label("Search").fill("before")
    page.get_by_role("button", name="Show").click()
    expect(heading).to_have_text("1 of 2 audits")
    page.get_by_role("checkbox").check()
    expect(compare).to_be_disabled()
    page.goto(address)
    reader.choose_all()
    compare.click()
    expect(heading).to_contain_text("leak")
    page.go_back()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(compare).to_be_enabled()
    reader.open_report()
    page.locator("#theme").click()
    assert (reader.complaints, reader.elsewhere) == ([], [])


def test_a_running_audit_renews_its_row_and_leaves_the_reader_alone(
    browser: Browser, root: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "AGAIN", 0.2)
    path = root / "after" / RESULT
    before = path.read_text()
    early = load_result(root / "after").model_copy(update={"preliminary": Preliminary(models=2, of=6)})
    path.write_text(to_json(early))
    reader = Reader(browser, address, DESK, "light")
    row = reader.page.get_by_role("row").filter(has_text="after")
    box = row.get_by_role("checkbox")
    box.check()
    expect(row).to_contain_text("preliminary: 2 of 6 models")
    path.write_text(to_json(early.model_copy(update={"preliminary": Preliminary(models=4, of=6)})))
    expect(row).to_contain_text("preliminary: 4 of 6 models")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    path.write_text(before)
    expect(row).not_to_contain_text("preliminary")
    expect(reader.page.get_by_role("status")).to_be_empty()
    assert (reader.complaints, reader.elsewhere) == ([], [])
    reader.page.close()


def test_other_sites_in_the_same_browser_learn_nothing(reader: Reader, address: str) -> None:
    reader.page.goto("data:text/html,<title>another site</title>")
    fetched = reader.page.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address)
    assert fetched == "refused"


def test_a_saved_page_reads_no_other_audit(reader: Reader, address: str) -> None:
    reader.open_report()
    fetched = reader.page.evaluate("address => fetch(address).then(() => 'read', () => 'refused')", address)
    assert fetched == "refused"
    assert reader.page.evaluate("window.origin") == "null"
