from dataclasses import replace

import numpy as np

from miaudit.report.charts.base import Audited
from miaudit.report.charts.class_scores import MOST, class_scores
from report_example import Example, audited


def world(classes: int, of_each: int = 12) -> Audited:
    """Members of class c score 0.1 c above its non-members, which score 0, 1, 2, ..."""
    half = np.repeat(np.arange(classes), of_each)
    audit = audited(Example(members=len(half), nonmembers=len(half), strengths={"lira": 1.5}))
    steps = np.tile(np.arange(of_each, dtype=float), classes)
    scores = np.r_[steps + half, steps]
    return audit._replace(records=replace(audit.records, labels=np.r_[half, half], scores={"lira": scores}))


def test_each_class_has_the_quantiles_of_its_members_and_non_members() -> None:
    section = class_scores(world(2, of_each=11))
    assert section is not None
    (chart,) = section.charts
    assert chart.spoken.startswith("0: AUC 0.500; 11 members, median 5.000; 11 non-members, median 5.000. 1: AUC 0.5")
    assert "11 members, median 6.000" in chart.spoken
    axis = chart.plot.x
    at = 1000 * (6 - axis.low) / (axis.high - axis.low)
    assert chart.plot.series[0].paths[-1].d.split("M")[2].startswith(f"{at:.4g} ")


def test_of_many_classes_those_with_the_highest_auc_are_drawn() -> None:
    section = class_scores(world(13))
    assert section is not None
    names = [note.text.partition(":")[0] for note in section.charts[0].plot.notes]
    assert names == [*(str(of) for of in range(13 - MOST, 13)), "3 other classes"]


def test_small_classes_have_no_quantiles() -> None:
    assert class_scores(world(5, of_each=9)) is None
    assert class_scores(audited(Example(members=60, nonmembers=60, truth=False))) is None
