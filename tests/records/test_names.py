from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.records.names import columns_of, index_of, names_of, same_columns


@dataclass(frozen=True)
class Frame:
    """Something with an index, as DataFrames and Series have."""

    index: Any


def labels(*values: Any) -> Any:
    index = index_of("members", Frame(list(values)), None)
    assert index is not None
    return index


def test_lists_tuples_and_arrays_have_no_index() -> None:
    assert index_of("members", [[1.0], [2.0]], (0, 1)) is None
    assert index_of("members", np.zeros((2, 1)), np.zeros(2)) is None


def test_the_index_of_the_features_else_that_of_the_labels() -> None:
    assert index_of("members", Frame([5, 3]), [0, 1]).tolist() == [5, 3]  # type: ignore[union-attr]
    assert index_of("members", [[1.0], [2.0]], Frame(["a", "b"])).tolist() == ["a", "b"]  # type: ignore[union-attr]
    assert index_of("members", Frame([5, 3]), Frame([0, 1])).tolist() == [5, 3]  # type: ignore[union-attr]


def test_labels_in_another_order_than_the_features_are_refused() -> None:
    with pytest.raises(UserError, match=r"members: x and y have the same index in different order.*y\.loc\[x\.index\]"):
        index_of("members", Frame([5, 3, 4]), Frame([3, 4, 5]))


@pytest.mark.parametrize(
    ("members", "nonmembers", "names"),
    [
        (labels(7, 5), labels(2), [7, 5, 2]),
        (labels(np.int32(7), 5), labels(2), [7, 5, 2]),
        (labels("PAT-0", "PAT-7"), labels("PAT-3"), ["PAT-0", "PAT-7", "PAT-3"]),
        (labels("a", "b"), labels(2), ["a", "b", "2"]),
        (labels((1, "x"), (1, "y")), labels((2, "x")), ["(1, 'x')", "(1, 'y')", "(2, 'x')"]),
        (labels(0, 1), labels(0), ["members:0", "members:1", "nonmembers:0"]),  # both sides count from 0
        (labels(4, 4), labels(5), ["members:0", "members:1", "nonmembers:0"]),
        (labels("1", "2"), labels(1), ["members:1", "members:2", "nonmembers:1"]),  # written, they are the same
        (labels("Eva", "Max"), labels("Max"), ["members:Eva", "members:Max", "nonmembers:Max"]),
        (labels(True, False), labels(2), ["True", "False", "2"]),
        (labels(4, 3), None, ["members:0", "members:1", "nonmembers:0"]),
        (None, None, ["members:0", "members:1", "nonmembers:0"]),
    ],
)
def test_names_tell_all_records_apart(members: Any, nonmembers: Any, names: list[Any]) -> None:
    found = names_of({"members": (members, 2), "nonmembers": (nonmembers, 1)}).tolist()
    assert found == names
    assert len(set(found)) == 3


@dataclass(frozen=True)
class Table:
    """Something with named columns, as DataFrames have."""

    columns: Any


def test_the_columns_of_a_table_name_the_features() -> None:
    assert columns_of(Table(["age", 7])) == ("age", "7")
    assert columns_of(np.zeros((2, 2))) == columns_of([[0.0]]) == ()
    assert same_columns({"members": ("age", "pay"), "nonmembers": ("age", "pay")}) == ("age", "pay")
    assert same_columns({"members": ("age", "pay"), "nonmembers": ()}) == ()


def test_columns_in_another_order_are_refused() -> None:
    with pytest.raises(
        UserError, match=r"members and nonmembers have the same columns.*nonmembers\[members\.columns\]"
    ):
        same_columns({"members": ("age", "pay"), "nonmembers": ("pay", "age")})
