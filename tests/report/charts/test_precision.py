from miaudit.report.charts.precision import precision
from report_example import Example, audited


def test_precision_is_spoken_at_the_recalls_of_the_table() -> None:
    section = precision(audited(Example(members=300, nonmembers=100, strengths={"lira": 2.0})))
    assert section is not None
    (chart,) = section.charts
    assert chart.spoken.count("at recall") == 4
    assert "right in 75.0 % of the claims" in chart.caption


def test_without_truth_no_rate_is_drawn() -> None:
    assert precision(audited(Example(members=9, nonmembers=9, truth=False))) is None
