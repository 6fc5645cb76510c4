from dataclasses import replace

import numpy as np
import pytest

from miaudit.auditing.scored_records import ScoredRecords
from miaudit.report.charts.base import Audited, Section
from miaudit.report.charts.hardness import hardness
from report_example import Example, audited


def section_of(audit: Audited) -> Section:
    section = hardness(audit)
    assert section is not None
    return section


def test_memorised_members_are_sought_where_they_are_drawn() -> None:
    """To the right is the target's own log p: a memorised member is certain to the target, and hard to the others."""
    (chart,) = section_of(audited(Example(members=50, nonmembers=50))).charts
    assert "Memorised members are at the top right" in chart.caption
    assert "top left" not in chart.caption


@pytest.mark.parametrize(("example", "is_sample"), [(Example(), True), (Example(members=50, nonmembers=50), False)])
def test_a_sample_is_called_a_sample(example: Example, is_sample: bool) -> None:
    (chart,) = section_of(audited(example)).charts
    assert ("drawn at random" in chart.caption) == is_sample


def test_records_without_a_number_are_left_out() -> None:
    example = Example(members=3, nonmembers=3)
    table = example.table()
    place = table.column_names.index("signal.reference_loss")
    holed = table.set_column(place, "signal.reference_loss", [[-1.0, float("nan"), -1.0, -2.0, float("-inf"), -3.0]])
    (chart,) = section_of(Audited(example.result(), ScoredRecords.from_table(holed, ()))).charts
    assert [series.paths[0].d.count("M") for series in chart.plot.series] == [2, 2]
    assert chart.spoken.count("median score") == 2


def test_its_points_are_single_records() -> None:
    assert section_of(audited(Example(members=9, nonmembers=9))).shows_records


def test_without_references_there_is_no_section() -> None:
    assert hardness(audited(Example(members=9, nonmembers=9, references=False))) is None


def test_the_kinds_of_records_are_counted() -> None:
    audit = audited(Example(members=3, nonmembers=3))
    loss, reference = np.log([0.9, 0.9, 0.1, 0.9, 0.9, 0.1]), np.log([0.8, 0.1, 0.1, 0.8, 0.1, 0.1])
    (chart,) = section_of(audit._replace(records=replace(audit.records, loss=loss, reference_loss=reference))).charts
    counted = (
        "Members: 1 easy (bottom right), 2 elsewhere. Non-members: 1 easy (bottom right), 1 not known (left), "
        "1 better than the references (top right)."
    )
    assert counted in chart.spoken
    assert counted in chart.caption
    assert [note.text for note in chart.plot.notes] == ["better than the references", "easy", "not known"]
    assert [path.style for path in chart.plot.behind] == ["rule", "rule dotted", "rule dotted"]


def test_without_truth_there_are_no_kinds() -> None:
    (chart,) = section_of(audited(Example(members=30, nonmembers=30, truth=False))).charts
    assert "not known" not in chart.spoken + chart.caption
    assert chart.plot.notes == ()
