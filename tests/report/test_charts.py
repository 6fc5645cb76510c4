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
    chart = charts.roc_chart(example.result(), records_of(example))
    rings = [path.d for path in chart.plot.series[0].paths if path.style == "ring"]
    assert [ring.count("M") for ring in rings] == [1]  # 0.1 % and 0.01 % are beyond 200 non-members


def test_memorised_members_are_sought_where_they_are_drawn() -> None:
    """To the right is the target's own log p: a memorised member is certain to the target, and hard to the others."""
    chart = charts.hardness_chart(records_of(Example(members=50, nonmembers=50)))
    assert chart is not None
    assert "Memorised members are at the top right" in chart.caption
    assert "top left" not in chart.caption


def test_every_chart_is_told_in_words() -> None:
    example = Example(members=300, nonmembers=200)
    result, records = example.result(), records_of(example)
    drawn = [charts.roc_chart(result, records), charts.precision_chart(result, records)]
    drawn += charts.histogram_charts(result, records)
    assert all(len(chart.spoken) > 40 for chart in drawn)


def test_a_histogram_without_a_cut_says_so() -> None:
    example = Example(members=60, nonmembers=50, strengths={"loss": 1.0})
    result = example.result()
    loss = result.attacks["loss"]
    decision = loss.decision.model_copy(update={"cut": None})
    cutless = result.model_copy(update={"attacks": {"loss": loss.model_copy(update={"decision": decision})}})
    (chart,) = charts.histogram_charts(cutless, records_of(example))
    assert "cuts differ between records" in chart.caption
    (chart,) = charts.histogram_charts(result, records_of(example))
    assert "cuts differ between records" not in chart.caption


def test_a_sample_is_called_a_sample() -> None:
    many, few = Example(), Example(members=50, nonmembers=50)
    for example, told in ((many, True), (few, False)):
        chart = charts.hardness_chart(records_of(example))
        assert chart is not None
        assert ("drawn at random" in chart.caption) == told


def test_records_without_a_number_are_left_out_of_the_hardness() -> None:
    table = Example(members=3, nonmembers=3).table()
    place = table.column_names.index("signal.reference_loss")
    holed = table.set_column(place, "signal.reference_loss", [[-1.0, float("nan"), -1.0, -2.0, float("-inf"), -3.0]])
    chart = charts.hardness_chart(Records.from_table(holed, ()))
    assert chart is not None
    assert [series.paths[0].d.count("M") for series in chart.plot.series] == [2, 2]


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
