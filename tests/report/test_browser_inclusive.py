"""The page is light, and open to readers who use a keyboard or a screen reader."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from report_example import Example
from visits import IN_CHROMIUM, Pages, Visit, write

pytestmark = IN_CHROMIUM
STRENGTHS = {"lira": 1.5, "kde": 0.6, "two_stage": 1.1}
WHOLE = Example(members=200, nonmembers=200, corrected=True, strengths=STRENGTHS)
DESK, TABLET, PHONE = (1280, 900), (820, 1180), (390, 844)
LOOKED_AT = [(DESK, "light"), (DESK, "dark"), (PHONE, "light")]  # by axe, which takes seconds


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(WHOLE, tmp_path_factory.mktemp("inclusive"))


def opened(pages: Pages, report: Path, size: tuple[int, int], scheme: str) -> Visit:
    """The page with its parts unfolded and one record explained."""
    visit = Visit(pages, report, *size, scheme)
    expect(visit.page.locator("#record-tools")).to_be_visible()
    visit.page.locator("#records [data-why]").first.click()
    visit.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return visit


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TABLET, PHONE])
def test_it_fits_and_nothing_is_wrong_with_it(pages: Pages, report: Path, size: tuple[int, int], scheme: str) -> None:
    visit = opened(pages, report, size, scheme)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == size[0]
    assert visit.complaints == []
    assert visit.requests == [report.as_uri()]
    if (size, scheme) in LOOKED_AT:
        check_axe_finds_nothing(visit)
    visit.end()


def check_axe_finds_nothing(visit: Visit) -> None:
    found = Axe().run(visit.page).response
    assert [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found["violations"]] == []
    passed = {rule["id"] for rule in found["passes"]}
    assert {"color-contrast", "label", "aria-valid-attr-value", "scope-attr-valid"} <= passed


def test_axe_would_have_found_something(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    expect(visit.page.locator("#cut")).to_be_visible()
    visit.page.evaluate(
        "document.querySelector('#cut-base').closest('label').replaceWith(document.querySelector('#cut-base'))"
    )
    visit.page.evaluate("document.querySelector('.plain').style.color = '#ccc'")
    rules = ["label", "color-contrast"]
    violations = Axe().run(visit.page, options={"runOnly": rules}).response["violations"]
    assert {rule["id"] for rule in violations} == set(rules)
    visit.end()


def test_every_chart_has_a_summary_with_numbers(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    for plot in visit.page.locator(".plot").all():
        assert len(str(plot.get_attribute("aria-label"))) > 10
        summary = visit.page.locator(f"#{plot.get_attribute('aria-describedby')}").text_content() or ""
        assert sum(letter.isdigit() for letter in summary) >= 2, summary
    visit.end()


def test_the_page_without_its_data_is_light(report: Path) -> None:
    assert report.stat().st_size < 1_500_000


def test_a_focused_control_is_not_under_the_bar(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    expect(visit.page.locator("#cut")).to_be_visible()
    visit.page.locator("#records-search").focus()
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        visit.page.wait_for_function(  # the browser scrolls after the key
            """() => {
              const own = document.activeElement;
              const [box, bar] = [own, document.getElementById("cut")].map((one) => one.getBoundingClientRect());
              return own.closest("#cut, .window") || box.bottom <= bar.top || box.top >= bar.bottom;
            }"""
        )
    visit.end()
