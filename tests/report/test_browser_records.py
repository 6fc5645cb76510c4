"""The table of records: filters, order, choice, drill-in and copies, and choosing records in a chart."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import expect

from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.explain import explain
from miaudit.decisions.naming import named_now
from miaudit.decisions.saved import SavedAudit
from miaudit.report.html import write_report
from report_example import Example
from visits import IN_CHROMIUM, Pages, Visit

pytestmark = IN_CHROMIUM
EXAMPLE = Example(members=300, nonmembers=300, corrected=True)
RED = [200] * 4 + [10] * 8  # the channels of an image of four pixels
WARDS = ("north", "south", "=1+1")  # the last one would be a formula in a spreadsheet


def table() -> pa.Table:
    rng = np.random.default_rng(3)
    made = EXAMPLE.table()
    made = made.append_column("picture", pa.array([bytes([3, 2, 2, *RED]) for _ in range(len(made))], pa.binary()))
    made = made.append_column("column.ward", pa.array(rng.choice(WARDS, len(made))))
    return made.append_column("column.age", pa.array(rng.integers(18, 90, len(made))))


def result() -> AuditResult:
    return EXAMPLE.result()


@pytest.fixture(scope="module")
def visit(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    path = tmp_path_factory.mktemp("records") / "report.html"
    write_report(result(), table(), path)
    return Visit(pages, path)


@pytest.fixture
def fresh(visit: Visit) -> Visit:
    """The page with no filter and no choice, at its first order."""
    visit.page.reload()
    expect(visit.page.locator("#record-tools")).to_be_visible()
    return visit


def shown(visit: Visit, column: str) -> list[str]:
    """What stands in a column of the rows that are drawn."""
    heads = visit.page.locator("#records thead th").all_inner_texts()
    cells = visit.page.locator(f"#records tbody tr:not(.gap) td:nth-child({heads.index(column) + 1})")
    return cells.all_inner_texts()


def test_images_have_small_pictures(fresh: Visit) -> None:
    drawn = fresh.page.locator("#records canvas")
    expect(drawn.first).to_be_visible()
    name = shown(fresh, "Record")[0].split()[-1]
    expect(drawn.first).to_have_attribute("aria-label", f"Picture of record {name}")
    pixels = "one => [...one.getContext('2d').getImageData(1, 1, 1, 1).data]"
    assert drawn.first.evaluate(pixels) == [200, 10, 10, 255]
    assert drawn.first.evaluate("one => one.getBoundingClientRect().height") <= 30
    fresh.page.locator("#records [data-why]").first.click()
    assert fresh.page.locator("#record-detail canvas").evaluate(pixels) == [200, 10, 10, 255]
    assert fresh.complaints == []


def counted(visit: Visit, text: str) -> None:
    expect(visit.page.locator("#records-count")).to_have_text(text)


def test_it_begins_as_it_does_without_javascript(pages: Pages, fresh: Visit) -> None:
    plain = pages.browser.new_page(java_script_enabled=False)
    plain.goto(fresh.page.url)
    rows = plain.locator("#records tbody tr")
    assert rows.count() == 20
    ids = plain.locator("#records tbody td:nth-child(2)").all_inner_texts()
    scores = plain.locator("#records tbody td:nth-child(5)").all_inner_texts()
    first = plain.locator("#records thead th.name").first.inner_text()
    assert plain.locator("#record-tools, #cut, #record-detail").first.is_hidden()
    assert shown(fresh, "Record")[:20] == ids
    assert shown(fresh, first)[:20] == scores
    plain.close()


def test_only_rows_in_view_are_drawn(fresh: Visit) -> None:
    rows = fresh.page.locator("#records tbody tr:not(.gap)")
    assert rows.count() < 50
    fresh.page.locator(".window").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(fresh.page.locator("#record-600")).to_be_visible()
    assert rows.count() < 50
    assert fresh.page.locator("#records").get_attribute("aria-rowcount") == "601"


@pytest.mark.parametrize(
    ("control", "value"), [("class", "3"), ("truth", "0"), ("group", '[0,"south"]'), ("decision", "0")]
)
def test_filters_count_the_records_that_they_leave(fresh: Visit, control: str, value: str) -> None:
    made = table()
    strongest = max(EXAMPLE.strengths, key=lambda name: EXAMPLE.strengths[name])
    kept = {
        "class": made["label"].to_numpy() == 3,
        "truth": ~EXAMPLE.truths(),
        "group": made["column.ward"].to_numpy(zero_copy_only=False) == "south",
        "decision": made[f"{strongest}.member"].to_numpy(zero_copy_only=False),
    }[control]
    fresh.page.locator(f"#records-{control}").select_option(value)
    counted(fresh, f"{kept.sum()} of 600 records.")
    ids = made["id"].to_numpy()[kept]
    assert {re.sub(r"\D", "", text) for text in shown(fresh, "Record")} <= set(ids.astype(str))


def test_search_finds_ids_and_words(fresh: Visit) -> None:
    fresh.page.locator("#records-search").fill("10123")
    assert [text.split()[-1] for text in shown(fresh, "Record")] == ["10123"]
    fresh.page.locator("#records-search").fill("NORTH")
    counted(fresh, f"{table()['column.ward'].to_pylist().count('north')} of 600 records.")
    fresh.page.locator("#records-search").fill("nobody")
    counted(fresh, "0 of 600 records.")


def test_it_sorts_by_every_column_and_says_so(fresh: Visit) -> None:
    for place in range(fresh.page.locator("#records thead button").count()):
        button = fresh.page.locator("#records thead button").nth(place)
        name = button.inner_text()
        button.click()
        up = shown(fresh, name)
        expect(fresh.page.locator("#records thead th[aria-sort=ascending]")).to_have_text(name)
        fresh.page.locator("#records thead button").nth(place).click()
        assert shown(fresh, name) != up or len(set(up)) == 1, name
    fresh.page.locator("#records [data-sort='column age']").click()
    ages = [int(text) for text in shown(fresh, "age")]
    assert ages == sorted(table()["column.age"].to_pylist())[: len(ages)]
    fresh.page.locator("#records [data-sort='column age']").click()
    ages = [int(text) for text in shown(fresh, "age")]
    assert ages == sorted(table()["column.age"].to_pylist(), reverse=True)[: len(ages)]


def test_ranks_are_those_of_the_attack_of_the_page(fresh: Visit) -> None:
    fresh.page.locator("#cut-attack").select_option(label="loss")
    fresh.page.locator("#records thead button", has_text="Rank by loss").click()
    made = table().sort_by([("loss", "descending")])
    ids = [text.split()[-1] for text in shown(fresh, "Record")]
    assert ids == [str(value) for value in made["id"].to_pylist()[: len(ids)]]
    assert shown(fresh, "Rank by loss") == [str(place + 1) for place in range(len(ids))]


def test_the_table_begins_with_the_named_then_goes_by_rank_for_the_chosen_attack(fresh: Visit) -> None:
    fresh.page.locator("#cut-attack").select_option(label="loss")
    expect(fresh.page.locator("#records thead button", has_text="Rank by loss")).to_be_visible()
    records, made = ScoredRecords.from_table(table(), tuple(result().attacks)), table()
    now = named_now(result(), records)
    assert now is not None
    order = np.lexsort((-records.scores["loss"], ~now.named))
    ids = [text.split()[-1] for text in shown(fresh, "Record")]
    assert ids == [str(made["id"][int(row)]) for row in order[: len(ids)]]


def test_a_named_record_leads_to_its_row_whatever_is_filtered(fresh: Visit) -> None:
    link = fresh.page.locator(".named .links a").first
    fresh.page.locator("#records-search").fill("nobody")
    link.click()
    row = fresh.page.locator(str(link.get_attribute("href")))
    expect(row).to_be_visible()
    assert link.inner_text() in row.inner_text()
    expect(fresh.page.locator("#record-detail h4")).to_have_text(f"Record {link.inner_text()}")


def test_a_record_is_explained_in_the_words_of_explain(fresh: Visit) -> None:
    why = fresh.page.locator("#records [data-why]").first
    why.click()
    found = explain(SavedAudit("the audit", result(), table()), why.inner_text())
    assert fresh.page.locator("#record-detail .words p").all_inner_texts() == list(found.sentences)
    ranks = fresh.page.locator("#record-detail tbody td:nth-child(3)").all_inner_texts()
    high = fresh.page.locator("#record-detail tbody td:nth-child(4)").all_inner_texts()
    for rank, as_high, view in zip(ranks, high, found.attacks.values(), strict=True):
        assert rank == f"{view.rank}{'=' if view.tied else ''} of 600"
        assert as_high == f"{round((view.as_high.value or 0) * view.as_high.n)} of {view.as_high.n}"
    fresh.page.locator("#record-close").click()
    assert fresh.page.locator("#record-detail").is_hidden()
    assert fresh.page.evaluate("document.activeElement.dataset.why") == why.get_attribute("data-why")


def test_choosing_in_the_scatter_plot_chooses_everywhere(fresh: Visit) -> None:
    plot = fresh.page.locator("#chart-hardness .plot")
    plot.scroll_into_view_if_needed()
    reading = json.loads(str(plot.get_attribute("data-reading")))
    box = plot.locator("> svg").bounding_box()
    assert box is not None
    mouse = fresh.page.mouse
    mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.02 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.98 * box["width"], box["y"] + 0.5 * box["height"], steps=3)
    mouse.up()
    made = table()
    fit, reference = made["signal.loss"].to_numpy(), made["signal.reference_loss"].to_numpy()
    x, y = (
        np.clip((values - axis["low"]) / (axis["high"] - axis["low"]), 0, 1)
        for values, axis in ((fit, reading["x"]), (fit - reference, reading["y"]))
    )
    inside = (x >= 0.5) & (x <= 0.98) & (y >= 0.5) & (y <= 0.98)
    count = fresh.page.locator("#records-count")
    expect(count).to_contain_text("chosen")
    chosen = int(re.findall(r"(\d+) chosen", count.inner_text())[0])
    assert 20 < chosen == pytest.approx(inside.sum(), abs=3)  # the mouse stands on whole pixels
    fresh.page.locator("#records-decision").select_option("chosen")
    counted(fresh, f"{chosen} of 600 records; {chosen} chosen.")
    for chart, layer in (("scores-0", "chosen-scores"), ("hardness", "chosen-points")):
        drawn = fresh.page.locator(f"#chart-{chart} [data-layer={layer}]").get_attribute("d") or ""
        assert drawn.count("M") == chosen
    fresh.page.locator("#records-clear").click()
    counted(fresh, "0 of 600 records.")


def test_choosing_in_a_histogram_chooses_in_the_table(fresh: Visit) -> None:
    fresh.page.locator("#cut-attack").select_option(label="lira")  # whose histogram takes the place in view
    plot = fresh.page.locator("#chart-scores-0 .plot")
    expect(plot).to_be_visible()
    plot.scroll_into_view_if_needed()
    box = plot.locator("> svg").bounding_box()
    assert box is not None
    fresh.page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"])
    fresh.page.mouse.down()
    fresh.page.mouse.move(box["x"] + 1.0 * box["width"], box["y"] + 0.4 * box["height"], steps=3)
    fresh.page.mouse.up()
    expect(fresh.page.locator("#records-count")).to_contain_text("chosen")
    reading = json.loads(str(plot.get_attribute("data-reading")))["x"]
    assert "width" not in reading  # a linear axis
    scores = np.sort(table()["lira"].to_numpy())[::-1]
    many = int(re.findall(r"(\d+) chosen", fresh.page.locator("#records-count").inner_text())[0])
    least = reading["low"] + 0.7 * (reading["high"] - reading["low"])
    assert many == pytest.approx((scores >= least).sum(), abs=3)


def test_rows_are_chosen_one_by_one_and_saved(fresh: Visit, tmp_path: Path) -> None:
    boxes = fresh.page.locator("#records [data-choose]")
    boxes.nth(1).check()
    boxes.nth(2).press("Space")
    counted(fresh, "600 of 600 records; 2 chosen.")
    ids = [text.split()[-1] for text in shown(fresh, "Record")[1:3]]
    with fresh.page.expect_download() as download:
        fresh.page.locator("#records-csv").hover()
        expect(fresh.page.locator("#records-csv")).to_have_attribute("href", re.compile("^blob:"))
        fresh.page.locator("#records-csv").click()
    download.value.save_as(tmp_path / "records.csv")
    rows = list(csv.DictReader((tmp_path / "records.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["id"] for row in rows] == ids
    made = {str(row["id"]): row for row in table().to_pylist()}
    for row in rows:
        truth = made[row["id"]]
        assert row["member"] == str(truth["member"]).lower()
        assert float(row["lira"]) == pytest.approx(truth["lira"], rel=1e-6)
        assert row["column.ward"].removeprefix("'") == truth["column.ward"]
        assert row["column.age"] == str(truth["column.age"])
    assert fresh.complaints == []
    assert {url.split(":")[0] for url in fresh.requests} <= {"file", "blob"}


def test_what_looks_like_a_formula_is_saved_as_text(fresh: Visit, tmp_path: Path) -> None:
    fresh.page.locator("#records-group").select_option('[0,"=1+1"]')
    with fresh.page.expect_download() as download:
        fresh.page.locator("#records-csv").focus()
        expect(fresh.page.locator("#records-csv")).to_have_attribute("href", re.compile("^blob:"))
        fresh.page.locator("#records-csv").press("Enter")
    download.value.save_as(tmp_path / "records.csv")
    rows = list(csv.DictReader((tmp_path / "records.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["column.ward"] for row in rows} == {"'=1+1"}
    assert len(rows) == table()["column.ward"].to_pylist().count("=1+1")


@pytest.mark.parametrize("level", ["no_leak_found", "too_few_records"])
def test_there_is_no_table_where_nothing_is_proven(pages: Pages, level: str, tmp_path: Path) -> None:
    example = Example(members=60, nonmembers=60, corrected=True, level=level)
    write_report(example.result(), example.table(), tmp_path / "report.html")
    visit = Visit(pages, tmp_path / "report.html")
    expect(visit.page.locator("#cut")).to_be_visible()
    assert visit.page.locator("#records, #records-data, #record-tools, #record-detail").count() == 0
    assert visit.complaints == []
    visit.end()


def test_on_paper_the_table_has_its_first_rows(fresh: Visit) -> None:
    fresh.page.emulate_media(media="print")
    expect(fresh.page.locator("#records tbody tr:not(.gap)")).to_have_count(20)
    expect(fresh.page.locator("#record-tools")).to_be_hidden()
    fresh.page.emulate_media(media="screen")
    expect(fresh.page.locator("#record-tools")).to_be_visible()
