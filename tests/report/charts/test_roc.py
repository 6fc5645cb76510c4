from miaudit.report.charts.base import Audited, Chart
from miaudit.report.charts.roc import roc
from report_example import Example, audited


def chart_of(audit: Audited) -> Chart:
    section = roc(audit)
    assert section is not None
    (chart,) = section.charts
    return chart


def test_roc_names_its_limit() -> None:
    chart = chart_of(audited(Example(members=300, nonmembers=200)))
    assert "below 0.5 %" in chart.caption
    assert "200 non-members" in chart.caption


def test_only_resolved_rates_get_whiskers() -> None:
    chart = chart_of(audited(Example(members=300, nonmembers=200, strengths={"lira": 2.0})))
    rings = [path.d for path in chart.plot.series[0].paths if path.style == "ring"]
    assert [ring.count("M") for ring in rings] == [1]  # 0.1 % and 0.01 % are beyond 200 non-members


def test_rates_that_the_records_cannot_tell_are_not_spoken() -> None:
    audit = audited(Example(members=300, nonmembers=200, strengths={"lira": 2.0}))
    text = chart_of(audit).spoken
    assert text.startswith(f"lira: AUC {audit.result.attacks['lira'].auc.value:.3f}, ")
    assert "at 1 % false positives" in text
    assert "0.1 %" not in text


def test_without_truth_no_rate_is_drawn() -> None:
    assert roc(audited(Example(members=9, nonmembers=9, truth=False))) is None
