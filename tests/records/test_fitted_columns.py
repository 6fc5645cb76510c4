"""A model gets the columns that it was trained on, and text as categories where it takes nothing else."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from miaudit.errors import UserError
from miaudit.records.fitted_columns import as_trained
from miaudit.records.given import read_given
from miaudit.records.reading import Reading

FRAME = pd.DataFrame({"id": [7, 8], "town": ["Linz", None], "age": [40.0, 50.0]}, index=["a", "b"])


def test_further_columns_are_left_out() -> None:
    found = as_trained("members", FRAME, Reading(columns=("age", "town")))
    assert found.left_out == ("id",)
    pd.testing.assert_frame_equal(found.x, FRAME[["age", "town"]])


def test_columns_are_put_into_the_order_of_the_training() -> None:
    found = as_trained("members", FRAME, Reading(columns=("town", "id", "age")))
    assert found.left_out == ()
    pd.testing.assert_frame_equal(found.x, FRAME[["town", "id", "age"]])


def test_underscores_of_the_model_stand_for_spaces_unless_the_table_has_both() -> None:
    """LightGBM keeps its names so."""
    table = pd.DataFrame({"b": [1], "mean size": [2], "a_b": [3], "a b": [4]})
    found = as_trained("members", table, Reading(columns=("mean_size", "a_b", "b")))
    assert list(found.x) == ["mean size", "a_b", "b"]
    assert found.left_out == ("a b",)


def test_one_column_stands_for_one_of_the_model() -> None:
    with pytest.raises(UserError, match="got none called a_b; there are a b"):
        as_trained("members", pd.DataFrame({"a b": [1]}), Reading(columns=("a b", "a_b")))


def test_a_table_stays_where_the_model_has_no_names_or_looks_for_them_itself() -> None:
    for reading in (Reading(), Reading(columns=("age", "weight"), keeps_table=lambda _: True)):
        found = as_trained("members", FRAME, reading)
        assert found.left_out == ()
        pd.testing.assert_frame_equal(found.x, FRAME)


def test_columns_that_are_only_numbered_are_taken_as_those_of_an_array() -> None:
    numbered = pd.DataFrame([[1.0, 2.0]])
    assert as_trained("members", numbered, Reading(columns=("age", "pay"))).x.columns.tolist() == [0, 1]
    with pytest.raises(UserError, match=r"none called age, pay, size; there are 0, 1: give them the names"):
        as_trained("members", numbered, Reading(columns=("age", "pay", "size")))


def test_missing_columns_are_named() -> None:
    with pytest.raises(UserError, match=r"members: .* got none called weight, size; there are id, town, age"):
        as_trained("members", FRAME, Reading(columns=("age", "weight", "size")))


def test_what_is_no_table_stays() -> None:
    x = np.zeros((2, 3))
    assert as_trained("members", x, Reading(columns=("a",), text_is_categories=True)).x is x


def test_columns_may_be_numbered() -> None:
    frame = pd.DataFrame({0: [1.0], 1: [2.0], "id": [3]})
    found = as_trained("members", frame, Reading(columns=("0", "1")))
    assert list(found.x.columns) == [0, 1]
    assert found.left_out == ("id",)


def test_text_becomes_categories() -> None:
    found = as_trained("members", FRAME, Reading(text_is_categories=True)).x
    assert [str(kind) for kind in found.dtypes] == ["int64", "category", "float64"]
    assert found["town"].tolist()[0] == "Linz"
    assert found["town"].isna().tolist() == [False, True]
    arrow = as_trained("members", pa.table({"town": ["Linz"]}), Reading(text_is_categories=True)).x
    assert pa.types.is_dictionary(arrow.schema.field("town").type)


def test_the_report_is_told_what_was_left_out() -> None:
    part = (FRAME, [0, 1])
    given = read_given(part, (FRAME.assign(note="x"), [1, 0]), None, reading=Reading(columns=("age",)), seed=0)
    assert given.left_out == ("id", "town", "note")
    assert given.left_out_told == "Columns that the model was not trained on are left out: id, town, note."
    assert given.data.feature_names == ("age",)
    assert read_given(part, part, None, reading=Reading(), seed=0).left_out_told == ""


def test_a_name_that_occurs_twice_is_refused() -> None:
    with pytest.raises(UserError, match="expected every column once, got a, a, b"):
        as_trained("members", pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "a", "b"]), Reading())
