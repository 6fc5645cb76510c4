"""The report as a reader meets it: opened from disk in headless Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from miaudit.auditing.defences_result import compared
from miaudit.report.defences import write_defences
from report_example import Example
from visits import IN_CHROMIUM, Pages, Visit, write

pytestmark = IN_CHROMIUM
MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
LINKED = ".cut-bar *, .record-tools *, .window *, #record-detail *"  # the cut and the table of records
BUTTONS = {"Dark page", "Light page", "Logarithmic", "Linear", "TPR", "Found", "AUC"}  # and those of the legends


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(Example(members=400, nonmembers=400, grouped=True, corrected=True), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def light(pages: Pages, report: Path) -> Visit:
    return Visit(pages, report)


@pytest.fixture(scope="module")
def dark(pages: Pages, report: Path) -> Visit:
    return Visit(pages, report, scheme="dark")


def check_drawn_in_peace(visit: Visit, at_least: int) -> None:
    """Every chart has its traces; nothing was asked of a network, nothing complained of."""
    charts = visit.page.locator("[data-chart]")
    assert charts.count() >= at_least
    heights = charts.locator(".plot:not(.off) > svg").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) == charts.count()
    assert min(heights) > 100
    for place in range(charts.count()):
        assert charts.nth(place).locator("[data-series] path").count() > 0
    assert visit.complaints == []
    assert [url.split(":")[0] for url in visit.requests] == ["file"]


@pytest.mark.parametrize(
    "example",
    [
        Example(members=400, nonmembers=400, corrected=True),
        Example(members=400, nonmembers=400, corrected=True, level="no_leak_found"),
        Example(members=40, nonmembers=40, corrected=True, level="too_few_records"),
    ],
    ids=lambda example: str(example.level),
)
def test_the_answer_fits_on_the_first_screen(pages: Pages, example: Example, tmp_path: Path) -> None:
    visit = Visit(pages, write(example, tmp_path), width=1280)
    for part in (".grade", ".plain", ".named", ".trusted", ".ladder", ".next"):
        box = visit.page.locator(f".answer {part}").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, part
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 1280
    assert visit.complaints == []
    visit.end()


def test_on_a_phone_the_page_is_less_than_twelve_screens(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report, width=390, height=844)
    visit.page.locator(".window").wait_for()  # the table of records takes its place only once its data are unpacked
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    assert visit.page.evaluate("document.documentElement.scrollHeight") < 12 * 844
    visit.end()


def test_the_table_of_records_is_near_for_the_keyboard(pages: Pages, tmp_path: Path) -> None:
    many = {f"attack{place}": 0.5 + 0.1 * place for place in range(19)}
    visit = Visit(pages, write(Example(members=200, nonmembers=200, strengths=many, corrected=True), tmp_path))
    stops = 0
    while not visit.page.evaluate("document.activeElement.matches('#records, :has(> #records)')"):
        visit.page.keyboard.press("Tab")
        stops += 1
        assert stops <= 40
    assert stops > 5
    visit.end()


def test_named_records_link_to_their_rows(light: Visit) -> None:
    link = light.page.locator(".named .links a").first
    row = light.page.locator(str(link.get_attribute("href")))
    assert link.inner_text() in row.inner_text()
    assert "named" in row.inner_text()


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
def test_a_poorer_audit_draws_what_it_has(pages: Pages, example: Example, tmp_path: Path) -> None:
    visit = Visit(pages, write(example, tmp_path))
    check_drawn_in_peace(visit, at_least=len(example.strengths))
    visit.end()


def test_hostile_and_long_names_on_a_phone(pages: Pages, tmp_path: Path) -> None:
    names = {f"calibrated[signal=modified_entropy,center=median,{place}]": 0.1 * place for place in range(8)}
    example = Example(members=60, nonmembers=50, strengths={MARKUP: 1.0, **names}, description=MARKUP)
    visit = Visit(pages, write(example, tmp_path), width=390)
    check_drawn_in_peace(visit, at_least=len(example.strengths))
    assert visit.page.locator("#chart-roc").get_by_role("button", name=MARKUP).count() == 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "Skip to the verdict"
    visit.end()


def test_a_link_unfolds_the_part_that_it_leads_to(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    folded = visit.page.locator("#researchers > details")
    assert folded.get_attribute("open") is None
    visit.page.get_by_role("link", name="For researchers").click()
    expect(visit.page.locator("#researchers > details[open]")).to_have_count(1)
    assert visit.complaints == []
    visit.end()


def test_the_legend_hides_and_shows_a_curve_by_keyboard(light: Visit) -> None:
    roc = light.page.locator("figure", has=light.page.locator("[data-chart=roc]"))
    button = roc.get_by_role("button", name="loss", exact=True)
    curve = roc.locator(".plot:not(.off) [data-name=loss]")
    assert curve.is_visible()
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert curve.is_hidden()
    roc.get_by_role("button", name="Linear").click()
    assert curve.is_hidden()  # in every view
    roc.get_by_role("button", name="Logarithmic").click()
    button.press("Enter")
    assert curve.is_visible()
    assert light.complaints == []


def test_a_legend_is_one_stop_and_arrows_go_through_it(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    legend = visit.page.locator("#chart-roc .legend")
    names = legend.locator("button").all_inner_texts()
    focused = "document.activeElement.textContent.trim()"
    legend.locator("button").first.focus()
    for name in (*names[1:], names[0]):
        visit.page.keyboard.press("ArrowRight")
        assert visit.page.evaluate(focused) == name
    visit.page.keyboard.press("ArrowLeft")
    assert visit.page.evaluate(focused) == names[-1]
    visit.page.keyboard.press("Tab")
    assert not visit.page.evaluate("document.activeElement.matches('#chart-roc .legend *')")
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.evaluate(focused) == names[-1]
    assert visit.complaints == []
    visit.end()


def test_the_roc_turns_linear_and_back(light: Visit) -> None:
    roc = light.page.locator("figure", has=light.page.locator("[data-chart=roc]"))
    ticks = roc.locator(".plot:not(.off) .ticks.across text")
    logarithmic = ticks.all_text_contents()
    assert logarithmic == ["0.1\u00a0%", "1\u00a0%", "10\u00a0%", "100\u00a0%"]
    roc.get_by_role("button", name="Linear").click()
    assert "20\u00a0%" in ticks.all_text_contents()
    roc.get_by_role("button", name="Logarithmic").click()
    assert ticks.all_text_contents() == logarithmic
    assert light.complaints == []


def test_the_pointer_reads_curves_and_bins(light: Visit) -> None:
    light.page.locator("#cut-attack").select_option("0")  # its histogram is not folded
    for key, aim, words in (
        ("roc", (0.999, 0.01), r"(lira|kde|loss|calibrated|two_stage).*: 9\d.* % → 9\d.* %|: 100 % → 100 %"),
        ("scores-0", (0.5, 0.5), r".* to .*: .* % of members, .* % of non-members"),
    ):
        square = light.page.locator(f"[data-chart={key}] .plot:not(.off) > svg")
        square.scroll_into_view_if_needed()
        box = square.bounding_box()
        assert box is not None
        light.page.mouse.move(box["x"] + aim[0] * box["width"], box["y"] + aim[1] * box["height"])
        told = light.page.locator(f"[data-chart={key}] .readout").inner_text().replace("\u00a0", " ")
        assert re.search(words, told), told
    light.page.mouse.move(0, 0)
    assert light.complaints == []


def test_no_button_opens_a_window_or_a_connection(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report)
    legends = set(visit.page.locator(".legend button").all_inner_texts())
    buttons = visit.page.locator("button, input, select, a[href]:not([href^='#']), [onclick], form, [contenteditable]")
    elsewhere = visit.page.locator(f"button:not({LINKED}), select:not({LINKED}), form")
    assert buttons.count() > 60
    assert set(elsewhere.all_inner_texts()) <= BUTTONS | legends
    for button in buttons.element_handles():
        button.evaluate("node => { node.click(); node.click(); }")
    assert visit.page.evaluate("window.tried") == []
    assert len(visit.page.context.pages) == 1
    assert visit.complaints == []
    assert visit.requests == [report.as_uri()]
    visit.page.evaluate("fetch('https://example.org'); open('https://example.org')")
    assert visit.page.evaluate("window.tried") == ["fetch", "open"]  # the watch would have noticed
    visit.end()


def test_on_paper_no_chart_lies_over_words(pages: Pages, report: Path) -> None:
    visit = Visit(pages, report, width=718)  # A4 between its margins, in CSS pixels
    visit.page.emulate_media(media="print")
    figures = visit.page.locator("figure").evaluate_all(BOXES)
    assert len(figures) >= 10
    for figure in figures:
        assert figure["plot"] > 100
        assert figure["bottoms"] == sorted(figure["bottoms"]), figure
        assert figure["right"] <= 718
    visit.end()


# Bottom of the legend, top and bottom of what the chart draws, top of the caption, bottom of the figure.
BOXES = """all => all.map((figure) => {
  const plot = figure.querySelector(".plot:not(.off)");
  const drawn = [...plot.querySelectorAll(":scope > svg, text")].map((one) => one.getBoundingClientRect());
  const box = (selector) => figure.querySelector(selector)?.getBoundingClientRect();
  const [top, bottom] = [Math.min(...drawn.map((one) => one.top)), Math.max(...drawn.map((one) => one.bottom))];
  const after = box("figcaption")?.top ?? figure.getBoundingClientRect().bottom;
  return {
    plot: plot.querySelector("svg").getBoundingClientRect().height,
    bottoms: [box(".legend").bottom, top, bottom, after, figure.getBoundingClientRect().bottom],
    right: Math.max(...drawn.map((one) => one.right)),
  };
})"""


def test_it_prints_to_pdf(light: Visit) -> None:
    pdf = light.page.pdf(format="A4")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 26


def test_charts_in_the_dark_hold_no_dark_letters(dark: Visit) -> None:
    fills = dark.page.locator("[data-chart] text").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    assert fills
    assert min(brightness(fill) for fill in fills) > 120


def test_the_page_follows_the_system_and_the_toggle(dark: Visit) -> None:
    chart = "#chart-roc"
    before = dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")
    curve = dark.colour("[data-name=lira] path", "stroke")
    dark.page.get_by_role("button", name="Light page").click()
    after = dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")
    assert after[1] == "rgb(255, 255, 255)"
    assert dark.colour("[data-name=lira] path", "stroke") != curve
    assert all(brightness(one) > brightness(other) + 150 for one, other in zip(after, before, strict=True))
    dark.page.get_by_role("button", name="Dark page").click()
    assert (dark.colour("body", "backgroundColor"), dark.colour(chart, "backgroundColor")) == before
    assert dark.complaints == []


def test_print_is_light_and_shows_all(dark: Visit) -> None:
    dark.page.emulate_media(media="print")
    expect(dark.page.locator("details:not([open])")).to_have_count(0)
    assert dark.colour("body", "backgroundColor") == "rgb(255, 255, 255)"
    assert dark.colour("#chart-roc", "backgroundColor") == "rgb(255, 255, 255)"
    assert dark.page.locator("nav").is_hidden()
    assert dark.page.locator("#theme").is_hidden()
    dark.page.emulate_media(media="screen")
    expect(dark.page.locator("details[open]")).to_have_count(1)  # the first of the next steps
    assert brightness(dark.colour("body", "backgroundColor")) < 60


def brightness(colour: str) -> float:
    """Mean of red, green and blue of `rgb(r, g, b)`."""
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


def test_the_page_of_defences_runs_its_own_script_alone(pages: Pages, tmp_path: Path) -> None:
    path, audit = tmp_path / "report.html", Example(members=400, nonmembers=400).result()
    write_defences(compared([("none", "knows", "none", audit), (MARKUP, "knows", "its", audit)], {}), path)
    visit = Visit(pages, path, width=420)
    before = visit.colour("body", "backgroundColor")
    visit.page.click("#theme")
    assert visit.colour("body", "backgroundColor") != before
    assert visit.page.locator("#theme").inner_text() == "Light page"
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 420  # tables scroll by themselves
    assert visit.page.locator("#table tbody th").nth(1).inner_text() == MARKUP
    assert visit.requests == [path.as_uri()]
    assert visit.complaints == []
