"""Every rule keeps the contract: it is found, frozen, refuses unknown parameters, and needs no order of records."""

import dataclasses

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.registry import build, names
from miaudit.thresholds.base import Threshold

RULES = [name for name in names("thresholds") if isinstance(build("thresholds", name, {}), Threshold)]
MEMBER = np.arange(400) < 200
SCORES = np.random.default_rng(0).normal(size=400) + 2 * MEMBER


def test_the_folder_holds_them() -> None:
    assert set(RULES) >= {"best_accuracy", "precision", "fixed_fpr", "fdr"}


@pytest.mark.parametrize("name", RULES)
def test_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="there is no option 'sharpness'"):
        build("thresholds", name, {"sharpness": 1})


@pytest.mark.parametrize("name", RULES)
def test_rule_is_frozen(name: str) -> None:
    rule = build("thresholds", name, {})
    for field in dataclasses.fields(rule):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(rule, field.name, 0.5)


@pytest.mark.parametrize("name", RULES)
def test_cut_is_finite_and_of_no_order(name: str) -> None:
    rule = build("thresholds", name, {})
    chosen = rule.cut(SCORES, MEMBER)
    order = np.random.default_rng(1).permutation(400)
    assert np.isfinite(chosen.value)
    assert rule.cut(SCORES[order], MEMBER[order]) == chosen


@pytest.mark.parametrize("name", RULES)
def test_input_is_not_changed(name: str) -> None:
    scores, member = SCORES.copy(), MEMBER.copy()
    build("thresholds", name, {}).cut(scores, member)
    np.testing.assert_array_equal(scores, SCORES)
    np.testing.assert_array_equal(member, MEMBER)


@pytest.mark.parametrize("name", RULES)
def test_one_kind_of_record_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="members and non-members"):
        build("thresholds", name, {}).cut(np.zeros(5), np.ones(5, dtype=bool))


@pytest.mark.parametrize("name", RULES)
def test_scores_that_all_tie_are_no_obstacle(name: str) -> None:
    assert np.isfinite(build("thresholds", name, {}).cut(np.zeros(6), np.arange(6) < 3).value)
