from dataclasses import replace

import numpy as np

from miaudit.report.charts.base import Audited
from miaudit.report.charts.exposed_hidden import exposed_hidden
from report_example import Example, audited


def world(level: str = "leaks") -> Audited:
    """20 of 40 members are named, with difficulties 5 and 6; the others have 1 and 2."""
    audit = audited(Example(members=40, nonmembers=40, strengths={"two_stage": 1.0}, level=level))
    named = np.arange(80) < 20
    difficulty = np.where(named, 5.0, 1.0) + np.arange(80.0) % 2
    return audit._replace(records=replace(audit.records, called={"two_stage": named}, reference_loss=-difficulty))


def test_members_that_are_named_are_compared_with_the_others() -> None:
    section = exposed_hidden(world())
    assert section is not None
    (chart,) = section.charts
    assert [series.name for series in chart.plot.series] == ["named members (20)", "members not named (20)"]
    assert chart.spoken.startswith("Mean difficulty: named 5.500 [")
    assert "not named 1.500 [" in chart.spoken
    assert "with probability 1.000 [" in chart.spoken
    assert "Of the 20 records that two_stage names, 20 are members." in chart.caption


def test_it_needs_a_leak_and_references() -> None:
    assert exposed_hidden(world("no_leak_found")) is None
    audit = world()
    assert exposed_hidden(audit._replace(records=replace(audit.records, reference_loss=None))) is None
