import numpy as np

from miaudit.report import charts
from miaudit.report.records import Records
from report_example import Example, kde_learned


def records_of(example: Example) -> Records:
    return Records.from_table(example.table(), tuple(example.strengths))


def test_roc_names_its_limit() -> None:
    example = Example(members=300, nonmembers=200)
    chart = charts.roc_chart(example.result(), records_of(example))
    assert "below 0.5\u00a0%" in chart.caption
    assert "200 non-members" in chart.caption


def test_only_resolved_rates_get_whiskers() -> None:
    example = Example(members=300, nonmembers=200, strengths={"lira": 2.0})
    figure = charts.roc_chart(example.result(), records_of(example)).figure
    whiskers = next(trace for trace in figure.data if trace.name == "interval")
    assert list(whiskers.x) == [1.0]  # 0.1 % and 0.01 % are beyond 200 non-members


def test_a_sample_is_called_a_sample() -> None:
    many, few = Example(), Example(members=50, nonmembers=50)
    for example, told in ((many, True), (few, False)):
        chart = charts.hardness_chart(records_of(example))
        assert chart is not None
        assert ("drawn at random" in chart.caption) == told


def test_without_references_there_is_no_hardness() -> None:
    assert charts.hardness_chart(records_of(Example(members=9, nonmembers=9, references=False))) is None


def test_densities_skip_what_is_not_finite() -> None:
    learned = kde_learned()
    learned["density_members"][3] = None  # what JSON makes of infinity
    found = charts.Densities.of(learned)
    assert found is not None
    assert len(found.grid) == len(learned["grid"]) - 1
    assert np.isfinite(found.members).all()


def test_attacks_without_densities_have_no_such_chart() -> None:
    assert charts.density_charts(Example(members=9, nonmembers=9, strengths={"loss": 1.0}).result()) == ()
    (chart, matrices), *others = charts.density_charts(Example(members=9, nonmembers=9).result())
    assert (chart.title, len(matrices), others) == ("kde", 2, [])
    assert "KL divergence 0.193" in chart.caption
