"""Tests of putting records into groups."""

import numpy as np
import pyarrow as pa
import pytest

from miaudit.auditing.groups import MOST_GROUPS, Groups, classes_of, grouped, groups_by
from miaudit.errors import UserError


def named(groups: Groups) -> list[str]:
    return [groups.names[place] for place in groups.of]


def test_text_truth_values_and_few_numbers_are_groups_as_they_are() -> None:
    assert named(grouped("sex", ["m", " f", "m"])) == ["m", "f", "m"]
    assert named(grouped("smoker", [True, False])) == ["True", "False"]
    assert grouped("grade", [10, 2, 1]).names == ("1", "2", "10")
    assert grouped("grade", ["10", "2", "1.0"]).names == ("1", "2", "10")
    assert named(grouped("site", pa.array(["a", "b", "a"]).dictionary_encode())) == ["a", "b", "a"]


def test_many_numbers_are_put_into_ranges_with_named_ends() -> None:
    ages = np.random.default_rng(0).permutation(np.arange(100, 200))
    groups = grouped("age", ages)
    assert groups.names == ("below 125", "125 to below 150", "150 to below 174", "174 or more")
    assert [int((groups.of == g).sum()) for g in range(4)] == [25, 25, 24, 26]
    assert named(groups)[int(np.flatnonzero(ages == 125)[0])] == "125 to below 150"
    assert grouped("age", [str(age) for age in ages]).names == groups.names


def test_numbers_of_which_nearly_all_are_equal_make_two_ranges() -> None:
    groups = grouped("gain", [0] * 95 + list(range(1, 21)))
    assert groups.names == ("below 1", "1 or more")
    assert int((groups.of == 0).sum()) == 95


@pytest.mark.parametrize(
    "values", [["f", None, ""], [1.0, float("nan"), float("nan")], np.array(["f", None, None], object)]
)
def test_missing_values_are_counted(values: object) -> None:
    with pytest.raises(UserError, match=r"column sex: expected a value for every record .* got 2 missing ones of 3"):
        grouped("sex", values)


def test_names_and_free_text_are_no_groups() -> None:
    with pytest.raises(UserError, match=f"at most {MOST_GROUPS} groups, got 101 different values"):
        grouped("name", [f"n{place}" for place in range(101)])


def test_values_of_several_types_and_lists_are_refused() -> None:
    with pytest.raises(UserError, match="column x: expected values of one type"):
        grouped("x", np.array([1, "a", 2.5], object))
    with pytest.raises(UserError, match="column x: expected one value for each record"):
        grouped("x", [[1], [2]])


def test_an_unknown_column_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match="no column 'sexx' to group by: did you mean 'sex'"):
        groups_by(["sexx"], None, {"sex": np.array(["f"])})
    with pytest.raises(UserError, match="no column is kept with these records"):
        groups_by(["label"], None, {})


def test_classes_are_groups_by_their_names() -> None:
    classes = classes_of(np.array([11, 0, 2]), ("cat", "dog", "eel"))
    assert classes.names == ("cat", "eel", "11")
    assert groups_by(["label"], classes, {})["label"] is classes
    assert groups_by(["label"], classes, {"label": np.array(["a", "b", "a"])})["label"].names == ("a", "b")
