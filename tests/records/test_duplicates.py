from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.records.duplicates import check_not_all_copies, duplicates


def world(x: Sequence[Sequence[float]], y: Sequence[int]) -> Dataset:
    return Dataset(name="w", x=np.array(x, dtype=np.float32), y=np.array(y, dtype=np.int64), classes=3)


def test_by_hand() -> None:
    data = world([[1, 2], [3, 4], [1, 2], [0, 5], [3, 4], [1, 2], [-0.0, 5], [9, 9]], [0, 1, 0, 2, 2, 0, 2, 0])
    found = duplicates(data, np.array([3, 2, 1, 0]), np.array([7, 6, 5, 4]))
    assert found.members.tolist() == [3, 2, 0]
    assert found.nonmembers.tolist() == [6, 5]
    assert found.relabelled.tolist() == [4]
    assert found.repeated == 1
    assert str(found) == (
        "3 of the non-members are exact copies of members, 1 of them under another label: no attack can tell them apart"
    )


def test_none() -> None:
    found = duplicates(world([[1], [2], [3]], [0, 0, 0]), np.array([0, 1]), np.array([2]))
    assert str(found) == ""
    assert found.repeated == 0


RECORDS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=12)


@given(RECORDS, st.integers(1, 11))
def test_as_all_pairs_say(records: list[tuple[int, int, int]], cut: int) -> None:
    cut = min(cut, len(records) - 1)
    data = world([record[:2] for record in records], [record[2] for record in records])
    found = duplicates(data, np.arange(cut), np.arange(cut, len(records)))
    members, others = records[:cut], records[cut:]
    assert found.members.tolist() == [i for i, record in enumerate(members) if record in others]
    assert found.nonmembers.tolist() == [cut + i for i, record in enumerate(others) if record in members]
    relabelled = [
        cut + i
        for i, record in enumerate(others)
        if record not in members and any(record[:2] == member[:2] for member in members)
    ]
    assert found.relabelled.tolist() == relabelled
    assert found.repeated == sum(record in members[:i] for i, record in enumerate(members))


def test_images() -> None:
    x = np.random.default_rng(0).random((6, 3, 4, 4)).astype(np.float32)
    x[5] = x[1]
    data = Dataset(name="w", x=x, y=np.zeros(6, dtype=np.int64), classes=2)
    found = duplicates(data, np.arange(3), np.arange(3, 6))
    assert (found.members.tolist(), found.nonmembers.tolist()) == ([1], [5])


def test_nearly_equal_records_are_counted_and_said() -> None:
    x = np.random.default_rng(0).normal(size=(60, 4))
    x[50] = x[3] * (1 + 1e-7)
    data = Dataset(name="w", x=x, y=np.zeros(60, dtype=np.int64), classes=2)
    found = duplicates(data, np.arange(30), np.arange(30, 60))
    assert found.near.nonmembers.tolist() == [50]
    assert str(found) == "1 of the non-members are nearly the same as a member, which hides leaks"


def test_non_members_that_are_all_copies_are_refused() -> None:
    data = world([[1, 2], [3, 4], [3, 4], [1, 2], [9, 9]], [0, 1, 1, 0, 0])
    with pytest.raises(UserError, match=r"all 2 non-members are exact copies of members.*same records given twice"):
        check_not_all_copies(data, np.array([0, 1]), np.array([2, 3]))
    check_not_all_copies(data, np.array([0, 1]), np.array([2, 3, 4]))
    relabelled = world([[1, 2], [3, 4], [1, 2]], [0, 1, 1])
    check_not_all_copies(relabelled, np.array([0, 1]), np.array([2]))
    placeholders = world([[0, 0]] * 4, [0, 1, 0, 1])
    check_not_all_copies(placeholders, np.array([0, 1]), np.array([2, 3]))


def test_copies_by_chance_are_not_refused() -> None:
    rng = np.random.default_rng(0)
    data = world(rng.integers(0, 2, size=(400, 3)).tolist(), [0] * 400)  # 8 different records
    assert len(duplicates(data, np.arange(200), np.arange(200, 400)).nonmembers) == 200
    check_not_all_copies(data, np.arange(200), np.arange(200, 400))
    few = world([*([value] for value in range(100)), [3]], [0] * 101)
    with pytest.raises(UserError, match="all 1 non-members are exact copies"):
        check_not_all_copies(few, np.arange(100), np.array([100]))
