from miaudit.report.charts.cost_strength import cost_strength
from report_example import Example, audited


def test_cheap_attacks_come_first_and_of_equal_cost_the_strongest() -> None:
    audit = audited(Example(members=300, nonmembers=300))
    section = cost_strength(audit)
    assert section is not None
    (chart,) = section.charts
    names = [note.text.partition(":")[0] for note in chart.views["AUC"].notes]
    trained = ["lira", "calibrated", "calibrated[signal=confidence]"]
    assert names == ["loss", "kde", *trained, "two_stage"]  # queries, records, references, shadows
    assert list(chart.views) == ["TPR", "AUC"]
    assert chart.plot.series[0].name == "Only queries the model"
    auc = audit.result.attacks["loss"].auc
    assert chart.spoken.startswith(f"loss (only queries the model): AUC {auc.text()}, TPR at 1 % FPR ")


def test_rates_that_no_attack_has_are_not_drawn() -> None:
    section = cost_strength(audited(Example(members=60, nonmembers=60)))
    assert section is not None
    assert list(section.charts[0].views) == ["AUC"]


def test_one_attack_is_compared_with_nothing() -> None:
    assert cost_strength(audited(Example(members=60, nonmembers=60, strengths={"loss": 1.0}))) is None
    assert cost_strength(audited(Example(members=60, nonmembers=60, truth=False))) is None
