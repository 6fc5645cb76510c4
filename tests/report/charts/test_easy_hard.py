from dataclasses import replace

import numpy as np

from miaudit.report.charts.base import Audited
from miaudit.report.charts.easy_hard import easy_hard
from report_example import Example, audited


def world() -> Audited:
    """100 members and non-members in each half; `loss` finds every hard member and no easy one."""
    audit = audited(Example(members=200, nonmembers=200, strengths={"loss": 1.0}))
    hard = np.tile(np.repeat([True, False], 100), 2)
    scores = np.where(audit.records.member & hard, 9.0, np.linspace(0, 1, 400)[::-1] - audit.records.member)
    records = replace(audit.records, reference_loss=np.where(hard, -3.0, -1.0), scores={"loss": scores})
    return audit._replace(records=records)


def test_each_half_has_a_rate_of_its_own() -> None:
    section = easy_hard(world())
    assert section is not None
    (chart,) = section.charts
    assert "loss: easier half 0.00 % [" in chart.spoken
    assert "harder half 100.0 % [" in chart.spoken
    assert [series.paths[-1].d.count("M") for series in chart.plot.series] == [1, 1]
    assert "each half holds about 200 records" in chart.caption


def test_it_needs_references_and_enough_records() -> None:
    assert easy_hard(audited(Example(members=200, nonmembers=200, references=False))) is None
    assert easy_hard(audited(Example(members=50, nonmembers=50))) is None  # 1 % of 25 is no record
    assert easy_hard(audited(Example(members=50, nonmembers=50, truth=False))) is None
