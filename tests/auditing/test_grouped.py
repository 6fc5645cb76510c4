"""Tests of the numbers within groups of records."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from miaudit.arrays import Bools, Floats
from miaudit.auditing.grouped import ALPHA, groupings
from miaudit.auditing.groups import Groups, grouped
from miaudit.auditing.result.groups import Grouping
from miaudit.metrics.named import named

SIZE = 200  # members and as many others in each group


def world(shifts: dict[str, float], seed: int = 0) -> tuple[Floats, Bools, Groups]:
    """Groups of equal size; the scores of their members are higher by their shift."""
    rng = np.random.default_rng(seed)
    member = np.tile(np.arange(2 * SIZE) < SIZE, len(shifts))
    scores = rng.normal(size=len(member)) + np.repeat(list(shifts.values()), 2 * SIZE) * member
    return scores, member, grouped("group", np.repeat(list(shifts), 2 * SIZE))


def only(scores: Floats, member: Bools, groups: Groups, least: int = 10) -> Grouping:
    (found,) = groupings({"loss": scores}, member, {"group": groups}, least)
    return found


def test_numbers_of_a_group_are_those_of_its_records_at_the_cut_of_all() -> None:
    scores, member, groups = world({"a": 1.0, "b": 2.0})
    found = only(scores, member, groups)
    accused = np.sort(scores[~member])[::-1]
    cut = accused[4]  # of 400 others, 4 may lie above it
    naming = named(scores, member, ALPHA).cut
    for g, group in enumerate(found.groups):
        inside, attack = groups.of == g, group.attacks["loss"]
        assert (group.members, group.nonmembers) == (SIZE, SIZE)
        assert attack.auc.value == pytest.approx(roc_auc_score(member[inside], scores[inside]))
        assert attack.found.value == pytest.approx((scores[inside & member] > cut).mean())
        assert attack.accused.value == pytest.approx((scores[inside & ~member] > cut).mean())
        assert attack.named == int((scores[inside] > naming).sum())
    assert sum(group.attacks["loss"].named or 0 for group in found.groups) == int((scores > naming).sum())


def test_the_group_that_leaks_more_differs_from_the_others() -> None:
    found = only(*world({"a": 0.5, "b": 0.5, "c": 3.0, "d": 0.5}))
    assert found.groups[2].attacks["loss"].differs
    assert found.groups[2].attacks["loss"].auc_p < 1e-6


def test_groups_that_leak_alike_rarely_differ() -> None:
    worlds = 100
    wrong = sum(
        any(group.attacks["loss"].differs for group in only(*world({"a": 1.0, "b": 1.0, "c": 1.0}, seed)).groups)
        for seed in range(worlds)
    )
    assert wrong <= 0.05 * worlds


def test_a_small_group_is_suppressed_and_in_no_test() -> None:
    scores, member, groups = world({"a": 1.0, "b": 1.0, "c": 1.0})
    kept = np.r_[0 : 4 * SIZE, 4 * SIZE : 4 * SIZE + 9, 5 * SIZE : 6 * SIZE]  # 9 members of c
    part = Groups(groups.of[kept], groups.names)
    found = only(scores[kept], member[kept], part)
    small = found.groups[2]
    assert (small.name, small.members, small.nonmembers, small.attacks) == ("c", None, None, {})
    assert small.suppressed
    assert not found.groups[0].suppressed
    assert only(scores[kept], member[kept], part, least=9).groups[2].members == 9


def test_too_few_others_for_a_cut_leave_the_area() -> None:
    scores, member, groups = world({"a": 1.0, "b": 1.0})
    kept = np.flatnonzero(member | (np.arange(len(member)) % 5 == 0))
    found = only(scores[kept], member[kept], Groups(groups.of[kept], groups.names))
    attack = found.groups[0].attacks["loss"]
    assert attack.auc.value is not None
    assert attack.found.value is None
    assert attack.found.note == "needs >= 100 non-members, have 80"
    assert attack.found_p == 1.0


def test_an_audit_without_attacks_still_counts_its_groups() -> None:
    _, member, groups = world({"a": 1.0, "b": 1.0})
    (found,) = groupings({}, member, {"group": groups}, 10)
    assert [group.members for group in found.groups] == [SIZE, SIZE]
