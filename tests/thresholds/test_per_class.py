"""Threshold per_class."""

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.registry import build
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.thresholds.per_class import PerClass
from miaudit.thresholds.precision import Precision

SCORES = np.array([9.0, 8.0, 7.0, 6.0, 2.0, 1.0, 0.0, -1.0, 5.0])
MEMBER = np.array([True, True, False, False, True, True, False, False, True])
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 2])


def test_every_class_gets_its_own_cut() -> None:
    found = PerClass().cuts(SCORES, MEMBER, LABELS)
    assert {label: chosen.value for label, chosen in found.by_class.items()} == {0: 7.5, 1: 0.5}
    np.testing.assert_array_equal(found.above(SCORES[:8], LABELS[:8]), MEMBER[:8])


def test_class_without_both_kinds_uses_the_overall_cut() -> None:
    found = PerClass().cuts(SCORES, MEMBER, LABELS)
    assert found.overall == BestAccuracy().cut(SCORES, MEMBER)
    new = np.array([found.overall.value - 0.1, found.overall.value + 0.1])
    assert found.above(new, np.array([2, 17])).tolist() == [False, True]


def test_any_rule_by_name_or_as_it_is() -> None:
    assert PerClass(rule=Precision(0.9)).rule == Precision(0.9)
    assert build("thresholds", "per_class", {"rule": "precision"}).rule == Precision(0.98)
    assert build("thresholds", "per_class", {}).rule == BestAccuracy()


@pytest.mark.parametrize("rule", ["precisio", 3, "per_class"])
def test_what_is_no_rule_is_refused(rule: object) -> None:
    with pytest.raises(UserError):
        build("thresholds", "per_class", {"rule": rule})
