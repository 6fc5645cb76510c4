from miaudit.registry import names
from miaudit.report.charts.base import FOLDER, sections
from report_example import Example, audited


def test_every_file_of_the_folder_is_a_section_of_the_page() -> None:
    shown = sections(audited(Example(members=300, nonmembers=200)))
    assert {section.key for section in shown} == set(names(FOLDER))
    assert [section.place for section in shown] == sorted({section.place for section in shown})


def test_sections_that_do_not_apply_are_left_out() -> None:
    shown = sections(audited(Example(members=60, nonmembers=60, strengths={"loss": 1.0}, references=False)))
    keys = {section.key for section in shown}
    assert keys >= {"roc", "precision", "scores"}
    assert not keys & {"densities", "hardness"}
    without_attacks = sections(audited(Example(members=5, nonmembers=5, strengths={}, references=False)))
    assert not {"roc", "precision", "scores"} & {section.key for section in without_attacks}


def test_every_chart_is_told_in_words() -> None:
    charts = [chart for each in sections(audited(Example(members=300, nonmembers=200))) for chart in each.charts]
    assert len(charts) > 5
    assert all(chart.spoken.endswith(".") and len(chart.spoken.split()) > 4 for chart in charts)
    assert len({chart.key for chart in charts}) == len(charts)
