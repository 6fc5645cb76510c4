"""Metrics within classes."""

import numpy as np

from miaudit.metrics.per_class import per_class
from miaudit.metrics.roc import auc


def test_each_class_is_measured_alone() -> None:
    scores = np.array([2.0, 1.0, 1.0, 2.0, 5.0])
    member = np.array([True, False, True, False, True])
    labels = np.array([0, 0, 3, 3, 4])
    found = per_class(auc, scores, member, labels)
    assert found[0] == auc(scores[:2], member[:2])
    assert (found[0].value, found[3].value) == (1.0, 0.0)
    assert found[4].text() == "needs members and non-members, have 1 and 0"
