"""The slider of the page moves markers, counts and the table of records, and its numbers are those of the metrics."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import expect

from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.metrics.precision_recall import pr_curve
from miaudit.metrics.roc import tpr_at_fpr
from miaudit.report.cut import offered
from miaudit.report.html import write_report
from report_example import Example
from visits import IN_CHROMIUM, Pages, Visit

pytestmark = IN_CHROMIUM
EXAMPLE = Example(members=300, nonmembers=500, strengths={"fine": 1.2, "coarse": 0.9, "constant": 0.1}, corrected=True)

# Counts at every position of the slider for one attack: of the matrix, and of the records that the table calls.
SLIDE = """attack => {
  const at = (key) => document.getElementById(key);
  const set = (element, value, event) => {
    element.value = value;
    element.dispatchEvent(new Event(event, {bubbles: true}));
  };
  set(at("cut-attack"), attack, "change");
  const read = (key) => Number(document.querySelector(`[data-cell=${key}] b`).textContent.replaceAll(",", ""));
  const seen = [];
  for (let position = 0; position <= Number(at("cut-rate").max); position += 1) {
    set(at("cut-rate"), position, "input");
    seen.push({ tp: read("tp"), fp: read("fp"), fn: read("fn"), tn: read("tn"),
      precision: document.querySelector("[data-cut=precision]").textContent,
      people: at("cut-people").textContent,
      percent: Number(at("cut-percent").value) });
  }
  return seen;
}"""


def table() -> pa.Table:
    """Scores of three attacks: few ties, many ties, and one score for all."""
    made = EXAMPLE.table()
    coarse, constant = np.round(made["coarse"].to_numpy()), np.full(len(made), 0.5)
    for name, values in {"coarse": coarse, "constant": constant}.items():
        made = made.set_column(made.column_names.index(name), name, pa.array(values))
    return made


@pytest.fixture(scope="module")
def visit(pages: Pages, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    path = tmp_path_factory.mktemp("cut") / "report.html"
    write_report(EXAMPLE.result(), table(), path)
    opened = Visit(pages, path)
    expect(opened.page.locator("#record-tools")).to_be_visible()
    return opened


def slide(visit: Visit, name: str) -> list[dict[str, Any]]:
    options = visit.page.locator("#cut-attack option").all_inner_texts()
    seen: list[dict[str, Any]] = visit.page.evaluate(SLIDE, str(options.index(name)))
    return seen


@pytest.mark.parametrize("name", EXAMPLE.strengths)
def test_at_every_position_the_numbers_are_those_of_the_metrics(visit: Visit, name: str) -> None:
    scores, member = table()[name].to_numpy(), EXAMPLE.truths()
    allowed = offered(EXAMPLE.nonmembers)
    seen = slide(visit, name)
    assert len(seen) == len(allowed) > 50
    curve = pr_curve(scores, member)
    for at, false_alarms in zip(seen, allowed.tolist(), strict=True):
        fpr = false_alarms / EXAMPLE.nonmembers
        limited = rate_at_limit(scores[member], scores[~member], fpr)
        assert at["tp"] == limited.above == round((tpr_at_fpr(scores, member, fpr).value or 0) * EXAMPLE.members)
        assert at["fp"] == np.sum(scores[~member] > limited.cut) <= false_alarms
        assert (at["fn"], at["tn"]) == (EXAMPLE.members - at["tp"], EXAMPLE.nonmembers - at["fp"])
        assert at["percent"] == pytest.approx(100 * fpr, rel=1e-3)
        if at["tp"] + at["fp"]:
            precision = at["tp"] / (at["tp"] + at["fp"])
            assert np.abs(curve.precision - precision).min() < 1e-12
            assert float(at["precision"].split()[0]) == pytest.approx(100 * precision, rel=5e-3)
        else:
            assert at["precision"] == "nobody is called a member"


def test_a_constant_score_accuses_nobody(visit: Visit) -> None:
    assert {(at["tp"], at["fp"]) for at in slide(visit, "constant")} == {(0, 0)}
    assert "nobody is accused" in visit.page.locator("#cut-people").inner_text()


def test_the_base_rate_turns_rates_into_people(visit: Visit) -> None:
    slide(visit, "fine")  # ends at the loosest cut
    cells = [int(visit.page.locator(f"[data-cell={key}] b").inner_text()) for key in ("tp", "fp")]
    tpr, fpr = cells[0] / EXAMPLE.members, cells[1] / EXAMPLE.nonmembers
    for base in (375, 100, 10):
        visit.page.locator("#cut-base").fill(str(base))
        share = base / 1000
        expected = 100 * share * tpr / (share * tpr + (1 - share) * fpr)
        assert (
            f"of 100 people accused, {float(f'{expected:.2g}'):g} were"
            in visit.page.locator("#cut-people").inner_text()
        )
    visit.page.locator("#cut-base").fill("375")  # that of the audit: the precision is that of the matrix
    precision = visit.page.locator("[data-cut=precision]").inner_text()
    assert f"{float(precision.split()[0]):.2g}" in visit.page.locator("#cut-people").inner_text()


def test_a_typed_rate_takes_the_loosest_cut_within_it(visit: Visit) -> None:
    visit.page.locator("#cut-percent").fill("5.1")
    assert "(5\u00a0%)" in (visit.page.locator("#cut-outcome").text_content() or "")
    visit.page.locator("#cut-percent").press("Tab")
    assert visit.page.locator("#cut-percent").input_value() == "5"


def test_the_slider_is_moved_by_keyboard_and_speaks(visit: Visit) -> None:
    visit.page.locator("#cut-percent").fill("1")
    rate = visit.page.locator("#cut-rate")
    assert rate.get_attribute("aria-valuetext") == "1\u00a0%, 5 of 500"
    rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "1.2\u00a0%, 6 of 500"


def test_markers_and_table_follow(visit: Visit) -> None:
    visit.page.locator("#cut-attack").select_option(label="fine")
    before = None
    for percent in ("1", "10", "50"):
        visit.page.locator("#cut-percent").fill(percent)
        drawn = [
            visit.page.locator(f"#chart-{chart} [data-layer={layer}]").first.get_attribute("d")
            for chart, layer in (("roc", "mark-at"), ("precision", "mark-at"), ("scores-0", "mark-cut"))
        ]
        assert before is None or all(one != other for one, other in zip(drawn, before, strict=True))
        before = drawn
        visit.page.locator("#records-decision").select_option("called")
        tp, fp = (int(visit.page.locator(f"[data-cell={key}] b").inner_text()) for key in ("tp", "fp"))
        expect(visit.page.locator("#records-count")).to_have_text(f"{tp + fp} of 800 records.")
    visit.page.locator("#records-decision").select_option("")
    assert visit.complaints == []


def test_without_known_truth_there_is_no_cut(pages: Pages, tmp_path: Path) -> None:
    example = Example(members=60, nonmembers=50, truth=False)
    write_report(example.result(), example.table(), tmp_path / "report.html")
    visit = Visit(pages, tmp_path / "report.html")
    assert visit.page.locator("#cut, #records-data").count() == 0
    assert visit.complaints == []
    visit.end()
