import re

import pytest

from decisions.pairs import saved, scores_of
from miaudit.decisions.compare import compare
from miaudit.decisions.comparison import AuditComparison
from miaudit.decisions.saved import SavedAudit
from miaudit.metrics.quantity import Quantity
from miaudit.report.comparison import difference_rows, render_audit_comparison, trade_off, untested

MARKUP = "<script>alert(1)</script>"


def audit(name: str, shift: float, seed: int) -> SavedAudit:
    return saved(name, {"loss": scores_of(shift, seed), MARKUP: scores_of(shift + 0.2, seed + 50)})


@pytest.fixture(scope="module")
def result() -> AuditComparison:
    return compare(audit("before", 1, 0), [audit("after", 0.3, 1), audit("again", 1, 2)]).result


def test_each_audit_has_its_answer_on_the_page(result: AuditComparison) -> None:
    page = render_audit_comparison(result)
    assert "<h1>after leaks less than before</h1>" in page
    assert "<h2>No difference in leakage is shown between before and again</h2>" in page
    assert page.count('class="verdict lowers"') == page.count('class="verdict unclear"') == 1


def test_names_from_data_are_escaped(result: AuditComparison) -> None:
    assert MARKUP not in render_audit_comparison(result)


def test_the_same_comparison_gives_the_same_page(result: AuditComparison) -> None:
    assert render_audit_comparison(result) == render_audit_comparison(result)


def test_rows_show_numbers_with_signs_and_units(result: AuditComparison) -> None:
    rows = {row.title: row for row in difference_rows(result.against[0])}
    assert re.fullmatch(r"−0\.\d{3}", rows["AUC of loss"].change.value)
    assert re.fullmatch(r"\d\.\d\d %", rows["TPR at 1 % FPR of loss"].before)
    assert rows["Test accuracy"].change.value == "+0.0"
    assert rows["AUC of loss"].p == "< 0.001"
    assert "TPR at 0.1 % FPR of loss" not in rows
    assert untested(result.against[0])[0] == "The TPR at 0.1 % FPR needs at least 1,000 non-members; there are 400."


def test_the_plot_has_a_point_for_each_audit_where_it_belongs(result: AuditComparison) -> None:
    chart = trade_off(result.audits)
    assert chart is not None
    plot = chart.plot
    assert [series.name for series in plot.series] == ["before", "after", "again"]
    ring = next(path.d for path in plot.series[1].paths if path.style == "ring")
    across, down = (float(part) / 10 for part in re.findall(r"[\d.]+", ring)[:2])
    auc = result.audits[1].auc
    assert auc is not None
    assert auc.value is not None
    assert across == pytest.approx(plot.x.percent(90), abs=0.1)
    assert down == pytest.approx(100 - plot.y.percent(auc.value), abs=0.1)


def test_audits_without_accuracy_have_no_plot(result: AuditComparison) -> None:
    unknown = Quantity.unresolved(0, "no classifier")
    audits = tuple(each.model_copy(update={"test_accuracy": unknown}) for each in result.audits)
    assert trade_off(audits) is None
    page = render_audit_comparison(result.model_copy(update={"audits": audits}))
    assert "no classifier" in page
