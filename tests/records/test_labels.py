from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from miaudit.errors import UserError
from miaudit.records.labels import Labels, classes_of, read_labels

NO_YES = [0, 1, 1, 0]
TEXT = ["no", "yes", "yes", "no"]


@pytest.mark.parametrize(
    ("given", "titles"),
    [
        (NO_YES, ()),
        (np.array(NO_YES, dtype=np.uint8), ()),
        (torch.tensor(NO_YES), ()),
        ([0.0, 1.0, 1.0, 0.0], ()),
        (np.array(NO_YES)[:, None], ()),
        (np.eye(2)[NO_YES], ()),
        (np.array(NO_YES) == 1, ("False", "True")),
        (2 * np.array(NO_YES) - 1, ("-1", "1")),
        (np.array(NO_YES) + 1, ("1", "2")),
        (3000 * np.array(NO_YES), ("0", "3000")),
        (TEXT, ("no", "yes")),
        (np.array(TEXT), ("no", "yes")),
        (np.array(TEXT, dtype=object), ("no", "yes")),
        (np.array(TEXT, dtype=np.dtypes.StringDType()), ("no", "yes")),
        (np.array(TEXT, dtype="S"), ("no", "yes")),
        (pd.Series(TEXT), ("no", "yes")),
        (pd.Series(TEXT, dtype="category"), ("no", "yes")),
        (pd.DataFrame({"label": TEXT}), ("no", "yes")),
        (pd.get_dummies(pd.Series(TEXT)), ("no", "yes")),
        (pl.Series(TEXT), ("no", "yes")),
        (pa.array(TEXT), ("no", "yes")),
        (pa.chunked_array([TEXT[:2], TEXT[2:]]), ("no", "yes")),
    ],
)
def test_labels_of_any_kind_are_classes(given: Any, titles: tuple[str, ...]) -> None:
    classes = classes_of([read_labels("members", given)])
    assert classes.codes(2).tolist() == NO_YES
    assert classes.titles(2) == titles


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.array([1, None, 0], dtype="Int64"), "got 1 that are not finite"),
        (["no", None, "yes"], "expected a label for every record, got none for 1 of them"),
        ([0.0, np.nan], "got 1 that are not finite"),
        ([0.5, 1.0], r"numbers such as 0\.5: these are values of a regression"),
        (np.array(["no", 1], dtype=object), "all text or all numbers"),
        ([[1, 1], [0, 1]], r"rows \(n, C\) with a single 1 each, got \(2, 2\); several labels .* signal='multi_label'"),
        (np.zeros((2, 2, 2)), r"expected labels y \(n,\), got \(2, 2, 2\)"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "text, whole numbers or truth values, got .*2020-01-01"),
        ([1e300], "numbers such as 1e"),
    ],
)
def test_what_are_no_labels_is_refused(given: Any, said: str) -> None:
    with pytest.raises(UserError, match=f"members: .*{said}"):
        read_labels("members", given)


def test_text_and_numbers_do_not_mix() -> None:
    with pytest.raises(UserError, match="got text and numbers"):
        classes_of([read_labels("members", ["a", "b"]), read_labels("nonmembers", [0, 1])])


def test_numbers_that_may_be_columns_of_the_outputs_stay_as_they_are() -> None:
    classes = classes_of([read_labels("members", [0, 2, 2])])
    assert classes.codes(3).tolist() == [0, 2, 2]
    assert classes.titles(3) == ()
    assert classes.codes(2).tolist() == [0, 1, 1]  # these numbers are no columns of two
    assert classes.titles(2) == ("0", "2")


def test_labels_that_fit_no_columns_are_refused() -> None:
    with pytest.raises(UserError, match=r"labels 0\.\.3, as the target knows 4 classes; got 4"):
        classes_of([read_labels("members", [1, 2, 4])]).codes(4)
    with pytest.raises(UserError, match=r"expected 3 different labels, .* got 2 \(no, yes\).*give labels 0\.\.2"):
        classes_of([read_labels("members", TEXT)]).codes(3)


def test_what_the_model_knows_are_classes_too() -> None:
    classes = classes_of([read_labels("members", [6000, 0])], known=np.array([0.0, 3000.0, 6000.0]))
    assert classes.codes(3).tolist() == [2, 0]
    assert classes.titles(3) == ("0", "3000", "6000")
    assert classes.for_training is not None
    assert classes.for_training.tolist() == [0, 3000, 6000]
    assert classes_of([read_labels("members", [1, 0])], known=np.array([0, 1])).for_training is None


@pytest.mark.parametrize(
    ("given", "known", "said"),
    [
        (TEXT, None, "the sorted order of the labels (no, yes)"),
        ([1, 2, 2], None, "the sorted order of the labels (1, 2)"),
        (TEXT, ["yes", "no"], ""),
        ([0, 1, 1], None, ""),
        ([True, False], None, ""),
        ([[0, 1], [1, 0]], None, ""),
    ],
)
def test_an_order_that_is_taken_for_granted_is_told(given: Any, known: Any, said: str) -> None:
    found = classes_of([read_labels("members", given)], known).taken_in_order(2)
    assert said in found
    assert bool(said) == bool(found)


def test_one_hot_rows_are_what_models_are_fitted_on() -> None:
    rows = classes_of([read_labels("members", [[0, 1, 0], [1, 0, 0]])]).for_training
    assert rows is not None
    assert rows.tolist() == np.eye(3).tolist()


def test_a_number_must_stand_for_the_same_class_in_all_parts() -> None:
    cats, dogs = pd.DataFrame({"cat": [1], "dog": [0]}), pd.DataFrame({"dog": [1], "cat": [0]})
    with pytest.raises(UserError, match="the same order in all parts, got 'cat', 'dog' as class 0"):
        classes_of([read_labels("members", cats), read_labels("nonmembers", dogs)])
    fewer = Labels(np.array([0, 1]), ("cat", "dog"))
    more = Labels(np.array([0, 2]), ("cat", "dog", "emu"))
    assert classes_of([fewer, more, Labels(np.array([1]))]).codes().tolist() == [0, 1, 0, 2, 1]
