from miaudit.registry import names
from miaudit.report.charts.base import FOLDER, Section, sections
from report_example import Example, audited


def shown(example: Example) -> list[Section]:
    """The sections of the page, one part after the other."""
    return [section for part in sections(audited(example)).values() for section in part]


def test_every_file_of_the_folder_is_a_section_of_the_page() -> None:
    parts = sections(audited(Example(members=300, nonmembers=200, grouped=True)))
    assert {section.key for part in parts.values() for section in part} == set(names(FOLDER))
    for question, part in parts.items():
        assert {section.question for section in part} <= {question}
        assert [section.place for section in part] == sorted({section.place for section in part})


def test_sections_that_do_not_apply_are_left_out() -> None:
    keys = {section.key for section in shown(Example(members=60, strengths={"loss": 1.0}, references=False))}
    assert keys >= {"roc", "precision", "scores"}
    assert not keys & {"densities", "hardness"}
    without_attacks = shown(Example(members=5, nonmembers=5, strengths={}, references=False))
    assert not {"roc", "precision", "scores"} & {section.key for section in without_attacks}


def test_every_chart_is_told_in_words() -> None:
    charts = [
        chart for section in shown(Example(members=300, nonmembers=200, grouped=True)) for chart in section.charts
    ]
    assert len(charts) > 5
    assert all(chart.spoken.endswith(".") and len(chart.spoken.split()) > 4 for chart in charts)
    assert len({chart.key for chart in charts}) == len(charts)
