from dataclasses import replace

import numpy as np

from miaudit.metrics.roc import auc
from miaudit.report.charts.base import Audited
from miaudit.report.charts.class_rates import class_rates
from report_example import Example, audited


def in_classes(sizes: dict[int, int]) -> Audited:
    """As many members and as many non-members of each class."""
    half = np.repeat(list(sizes), list(sizes.values()))
    audit = audited(Example(members=len(half), nonmembers=len(half), strengths={"lira": 1.5}))
    return audit._replace(records=replace(audit.records, labels=np.r_[half, half]))


def test_each_class_has_the_auc_within_it() -> None:
    audit = in_classes({0: 40, 3: 20})
    section = class_rates(audit)
    assert section is not None
    (chart,) = section.charts
    scores, member, labels = audit.records.scores["lira"], audit.records.member, audit.records.labels
    expected = [f"{of}: {auc(scores[labels == of], member[labels == of]).text()}" for of in (0, 3)]
    assert [note.text for note in chart.views["AUC"].notes] == expected


def test_small_classes_are_not_drawn() -> None:
    section = class_rates(in_classes({0: 40, 1: 9, 2: 10}))
    assert section is not None
    assert [note.text[0] for note in section.charts[0].plot.notes] == ["0", "2"]
    assert "Not shown: 1 with fewer than 10" in section.charts[0].caption
    assert class_rates(in_classes({0: 40, 1: 9})) is None


def test_classes_that_were_asked_for_are_shown_elsewhere() -> None:
    audit = in_classes({0: 40, 1: 40})
    (site,) = Example(members=80, nonmembers=80, strengths={"lira": 1.5}, grouped=True).result().groups
    asked = audit.result.model_copy(update={"groups": (site.model_copy(update={"by": "label"}),)})
    assert class_rates(audit._replace(result=asked)) is None
