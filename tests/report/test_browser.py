"""The report as a reader meets it: opened from disk in headless Chromium."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from miaudit.auditing.comparison import compared
from miaudit.report.defences import write_comparison
from miaudit.report.html import write_report
from report_example import Example

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SWITCHES += ["--disable-component-update", "--disable-sync"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the PATH: apt-get install chromium"),
]
MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


class Visit:
    """An opened report, with everything it asked for and complained of."""

    def __init__(self, browser: Browser, path: Path, width: int = 1300, scheme: Any = "light") -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(path.as_uri())
        expect(self.page.locator("[data-figure]:not([data-drawn])")).to_have_count(0, timeout=30_000)

    def colour(self, selector: str, style: str) -> str:
        return str(self.page.locator(selector).first.evaluate(f"node => getComputedStyle(node).{style}"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(Example(members=400, nonmembers=400), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def light(browser: Browser, report: Path) -> Visit:
    return Visit(browser, report)


@pytest.fixture(scope="module")
def dark(browser: Browser, report: Path) -> Visit:
    return Visit(browser, report, scheme="dark")


def write(example: Example, folder: Path) -> Path:
    path = folder / "report.html"
    write_report(example.result(), example.table(), path)
    return path


def check_drawn_in_peace(visit: Visit, at_least: int) -> None:
    """Every chart has its traces; nothing was asked of a network, nothing complained of."""
    charts = visit.page.locator("[data-figure]")
    assert charts.count() >= at_least
    for place in range(charts.count()):
        assert charts.nth(place).locator("svg.main-svg .trace").count() > 0
    assert visit.complaints == []
    assert [url.split(":")[0] for url in visit.requests] == ["file"]


def test_every_chart_of_a_whole_audit_draws(light: Visit) -> None:
    check_drawn_in_peace(light, at_least=10)


@pytest.mark.parametrize(
    "example",
    [
        Example(members=60, nonmembers=50, strengths={"loss": 0.3}, references=False),
        Example(members=60, nonmembers=50, truth=False),
    ],
    ids=["one attack", "no truth"],
)
def test_a_poorer_audit_draws_what_it_has(browser: Browser, example: Example, tmp_path: Path) -> None:
    visit = Visit(browser, write(example, tmp_path))
    check_drawn_in_peace(visit, at_least=len(example.strengths))
    visit.page.close()


def test_hostile_and_long_names_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    names = {f"calibrated[signal=modified_entropy,center=median,{place}]": 0.1 * place for place in range(8)}
    example = Example(members=60, nonmembers=50, strengths={MARKUP: 1.0, **names}, description=MARKUP)
    visit = Visit(browser, write(example, tmp_path), width=390)
    check_drawn_in_peace(visit, at_least=len(example.strengths))
    assert visit.page.locator("[data-figure=roc]").locator("xpath=..").get_by_role("button", name=MARKUP).count() == 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the verdict"
    visit.page.close()


def test_the_legend_hides_and_shows_a_curve_by_keyboard(light: Visit) -> None:
    roc = light.page.locator("figure", has=light.page.locator("[data-figure=roc]"))
    button = roc.get_by_role("button", name="loss", exact=True)
    drawn = roc.locator(".scatterlayer .trace")
    before = drawn.count()
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert drawn.count() == before - 1
    button.press("Enter")
    assert drawn.count() == before
    assert light.complaints == []


def test_the_roc_turns_linear_and_back(light: Visit) -> None:
    roc = light.page.locator("figure", has=light.page.locator("[data-figure=roc]"))
    ticks = roc.locator(".xtick text")
    logarithmic = ticks.all_text_contents()
    assert logarithmic == ["0.1\u00a0%", "1\u00a0%", "10\u00a0%", "100\u00a0%"]
    roc.get_by_role("button", name="Linear").click()
    assert "20\u00a0%" in ticks.all_text_contents()
    roc.get_by_role("button", name="Logarithmic").click()
    assert ticks.all_text_contents() == logarithmic
    assert light.complaints == []


def test_it_prints_to_pdf(light: Visit) -> None:
    pdf = light.page.pdf(format="A4")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 25


def test_charts_in_the_dark_hold_no_dark_letters(dark: Visit) -> None:
    fills = dark.page.locator("[data-figure] text").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    assert fills
    assert min(brightness(fill) for fill in fills) > 120


def test_the_page_follows_the_system_and_the_toggle(dark: Visit) -> None:
    chart = "[data-figure=roc] .main-svg"
    before = dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")
    dark.page.get_by_role("button", name="Light page").click()
    after = dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")
    assert after[1] == "rgb(255, 255, 255)"
    assert all(brightness(one) > brightness(other) + 150 for one, other in zip(after, before, strict=True))
    dark.page.get_by_role("button", name="Dark page").click()
    assert (dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")) == before
    assert dark.complaints == []


def test_print_is_light_and_shows_all(dark: Visit) -> None:
    dark.page.emulate_media(media="print")
    expect(dark.page.locator("details:not([open])")).to_have_count(0)
    assert dark.colour("body", "backgroundColor") == "rgb(255, 255, 255)"
    assert dark.colour("[data-figure=roc] .main-svg", "backgroundColor") == "rgb(255, 255, 255)"
    assert dark.page.locator("nav").is_hidden()
    assert dark.page.locator("#theme").is_hidden()
    widths = dark.page.locator("[data-figure] .main-svg").evaluate_all("all => all.map(one => one.clientWidth)")
    assert max(widths) <= 650  # A4 between its margins
    dark.page.emulate_media(media="screen")
    expect(dark.page.locator("details[open]")).to_have_count(0)
    assert brightness(dark.colour("body", "backgroundColor")) < 60


def brightness(colour: str) -> float:
    """Mean of red, green and blue of `rgb(r, g, b)`."""
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


def test_the_page_of_defences_runs_its_own_script_alone(browser: Browser, tmp_path: Path) -> None:
    path, audit = tmp_path / "report.html", Example(members=400, nonmembers=400).result()
    write_comparison(compared([("none", "knows", "none", audit), (MARKUP, "knows", "its", audit)], {}), path)
    visit = Visit(browser, path, width=420)
    before = visit.colour("body", "backgroundColor")
    visit.page.click("#theme")
    assert visit.colour("body", "backgroundColor") != before
    assert visit.page.locator("#theme").inner_text() == "Light page"
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 420  # tables scroll by themselves
    assert visit.page.locator("#table tbody th").nth(1).inner_text() == MARKUP
    assert visit.requests == [path.as_uri()]
    assert visit.complaints == []
