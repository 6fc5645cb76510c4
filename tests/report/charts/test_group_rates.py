from miaudit.report.charts.group_rates import group_rates
from report_example import Example, audited


def test_the_strongest_attack_is_drawn_in_every_group() -> None:
    example = Example(members=90, nonmembers=90, grouped=True)
    section = group_rates(audited(example))
    assert section is not None
    assert section.question == "which"
    (chart,) = section.charts
    groups = example.result().groups[0].groups
    expected = [f"{group.name}: {group.attacks['lira'].auc.text()}" for group in groups]
    assert [note.text for note in chart.views["AUC"].notes] == expected


def test_groups_that_nobody_asked_for_are_not_drawn() -> None:
    assert group_rates(audited(Example(members=90, nonmembers=90))) is None
