"""Tests that the numbers of small groups cannot be worked out from what is shown."""

import numpy as np

from decisions_examples import EXAMPLE
from miaudit.auditing.grouped import groupings
from miaudit.auditing.groups import Groups
from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Grouping
from miaudit.decisions.release_groups import released_grouping
from miaudit.metrics.summary import summarise

K = 10
MEMBER = np.arange(600) < 300


def grouped(sizes: list[int]) -> tuple[Grouping, AuditResult]:
    """Groups of the first so many members and as many others, and a result whose rates are those of the scores."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    groups = Groups(np.r_[of, of], tuple("abcdefgh"[: len(sizes)]))
    scores = EXAMPLE.scores()
    found = groupings(scores, MEMBER, {"group": groups}, K)[0]
    result = EXAMPLE.result()
    rates = {name: summarise(values, MEMBER).tpr_at_fpr for name, values in scores.items()}
    attacks = {name: attack.model_copy(update={"tpr_at_fpr": rates[name]}) for name, attack in result.attacks.items()}
    return found, result.model_copy(update={"attacks": attacks})


def shown(grouping: Grouping) -> list[str]:
    return [group.name for group in grouping.groups if not group.suppressed]


def test_large_groups_stay() -> None:
    found, result = grouped([100, 100, 100])
    assert shown(released_grouping(found, result, K)) == ["a", "b", "c"]


def test_a_single_small_group_takes_the_next_one_with_it() -> None:
    found, result = grouped([150, 142, 8])
    released = released_grouping(found, result, K)
    assert shown(released) == ["a"]
    assert released.groups[-1].name == "2 other groups"


def test_small_groups_that_are_large_together_are_hidden_alone() -> None:
    found, result = grouped([150, 138, 6, 6])
    assert shown(released_grouping(found, result, K)) == ["a", "b"]


def test_shares_are_shown_for_all_groups_or_for_none_and_leave_enough() -> None:
    for sizes in ([100, 100, 100], [200, 60, 40], [150, 138, 6, 6], [260, 20, 20], [240, 45, 5, 5, 5]):
        found, result = grouped(sizes)
        released = released_grouping(found, result, K)
        groups = [group for group in released.groups if not group.suppressed]
        for name, attack in result.attacks.items():
            values = [group.attacks[name].found for group in groups]
            assert len({value.value is None for value in values}) <= 1
            if not values or values[0].value is None:
                continue
            counts = [round((value.value or 0.0) * value.n) for value in values]
            assert all(K <= count <= value.n - K for count, value in zip(counts, values, strict=True))
            total = round((attack.tpr_at_fpr["0.01"].value or 0.0) * 300)
            hidden = 300 - sum(value.n for value in values)
            assert hidden == 0 or K <= total - sum(counts) <= hidden - K


def test_named_records_are_counted_or_withheld_never_made_up() -> None:
    found, result = grouped([100, 100, 100])
    for before, after in zip(found.groups, released_grouping(found, result, K).groups, strict=True):
        for name, attack in after.attacks.items():
            assert attack.named is None or attack.named == before.attacks[name].named
            assert (attack.named is None) == (attack.named_precision is None)
