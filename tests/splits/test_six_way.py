import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.splits.six_way import SixWay

SIZES = {"target_in": 10, "target_out": 11, "shadow_in": 12, "shadow_out": 13, "reference": 14, "test": 15}


def test_parts_are_disjoint_and_of_the_given_sizes() -> None:
    split = SixWay(**SIZES).split(100, seed=0)
    (shadow,) = split.shadows
    parts = [split.members, split.nonmembers, shadow.inside, shadow.outside, split.training[1], split.test]
    assert [len(part) for part in parts] == list(SIZES.values())
    assert len(np.unique(np.concatenate(parts))) == sum(SIZES.values())


def test_the_shadow_is_trained_on_its_inside_and_shares_the_references() -> None:
    split = SixWay(**SIZES, references=3).split(100, seed=0)
    (shadow,) = split.shadows
    assert np.array_equal(split.training[shadow.model], shadow.inside)
    assert shadow.references.tolist() == split.references.tolist() == [1, 2, 3]


def test_several_references_differ_and_stay_within_the_reference_part() -> None:
    part = set(SixWay(**SIZES).split(100, seed=0).training[1].tolist())
    split = SixWay(**SIZES, references=3).split(100, seed=0)
    halves = [set(rows.tolist()) for rows in split.training[1:]]
    assert all(len(half) == 7 and half <= part for half in halves)
    assert halves[0] != halves[1] != halves[2]


def test_all_records_may_be_used_but_no_more() -> None:
    splitter = SixWay(**SIZES)
    assert len(splitter.split(sum(SIZES.values()), seed=0).members) == 10
    with pytest.raises(UserError, match=r"needs 75 records, the data set has 74.*lower"):
        splitter.split(sum(SIZES.values()) - 1, seed=0)


def test_the_seed_decides() -> None:
    splitter = SixWay(**SIZES)
    assert np.array_equal(splitter.split(100, 1).members, splitter.split(100, 1).members)
    assert not np.array_equal(splitter.split(100, 1).members, splitter.split(100, 2).members)
