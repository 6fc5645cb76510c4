"""A column of ids names the records and is no feature; one that nobody named is noticed."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from miaudit.errors import UserError
from miaudit.records import from_file
from miaudit.records.from_file import records_from_file, records_with_truth
from miaudit.records.given import read_given
from miaudit.records.names import index_of
from miaudit.records.part import read_part
from miaudit.records.reading import Reading
from miaudit.records.row_names import check_ids_are_named

FRAME = pd.DataFrame({"id": [907, 12, 55], "age": [31, 45, 28], "pay": [1.5, 0.5, 2.0], "label": [1, 0, 1]})


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def test_ids_name_the_records_and_are_no_feature(csv: Path) -> None:
    for x, y in (records_from_file(csv, None, "id"), records_with_truth(csv, None, "id")):
        pd.testing.assert_frame_equal(x.reset_index(drop=True), FRAME[["age", "pay"]])
        assert index_of("members", x, y).tolist() == [907, 12, 55]  # type: ignore[union-attr]
        assert_array_equal(y, [1, 0, 1])


def test_ids_name_records_that_are_no_table_of_pandas(
    csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "t.npz", x=np.ones((3, 2)), y=[1, 0, 1], who=FRAME["id"])
    FRAME[["id", "label"]].assign(text=["a", "b", "c"]).to_csv(tmp_path / "texts.csv", index=False)
    monkeypatch.setattr(from_file, "find_spec", lambda _: None)
    for path, ids in ((csv, "id"), (tmp_path / "t.npz", "who"), (tmp_path / "texts.csv", "id")):
        part = read_part("members", records_from_file(path, None, ids), Reading())
        assert part.row_names is not None
        assert part.row_names.tolist() == [907, 12, 55]
        assert_array_equal(part.y.values, [1, 0, 1])


def test_records_of_both_sides_are_named_by_their_ids(csv: Path, tmp_path: Path) -> None:
    FRAME.assign(id=["x", "y", "z"]).to_csv(tmp_path / "other.csv", index=False)
    members, nonmembers = (records_from_file(path, None, "id") for path in (csv, tmp_path / "other.csv"))
    given = read_given(members, nonmembers, None, reading=Reading(), seed=0)
    assert given.data.record_ids[given.members].tolist() == ["907", "12", "55"]
    assert given.data.record_ids[given.nonmembers].tolist() == ["x", "y", "z"]
    assert given.data.feature_names == ("age", "pay")


@pytest.mark.parametrize(
    ("column", "ids", "message"),
    [
        ([1, 2, 3], "idd", "there is no column 'idd' of ids: did you mean 'id'"),
        ([1, 2, None], "id", "column id: expected an id in every row, got 1 empty cells"),
        ([7, 8, 7], "id", "column id: expected an id of its own for every record, got 7 2 times"),
        (["a", "b", "a"], "id", "column id: expected an id of its own for every record, got 'a' 2 times"),
    ],
)
def test_ids_that_name_no_records_are_refused(tmp_path: Path, column: list[Any], ids: str, message: str) -> None:
    FRAME.assign(id=pd.array(column)).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(UserError, match=message):
        records_from_file(tmp_path / "t.csv", None, ids)


@pytest.mark.parametrize(
    ("ids", "message"),
    [("z", "there is no array 'z' of ids"), ("x", r"x: expected one id for each record, got shape \(3, 2\)")],
)
def test_arrays_that_are_no_ids_are_refused(tmp_path: Path, ids: str, message: str) -> None:
    np.savez(tmp_path / "t.npz", x=np.ones((3, 2)), y=[1, 0, 1])
    with pytest.raises(UserError, match=message):
        records_from_file(tmp_path / "t.npz", None, ids)


def test_ids_are_texts_where_numbers_would_lose_zeros(tmp_path: Path) -> None:
    FRAME.assign(id=["007", "7", "12"]).to_csv(tmp_path / "t.csv", index=False)
    _, y = records_from_file(tmp_path / "t.csv", None, "id")
    assert y.index.tolist() == ["007", "7", "12"]


@pytest.mark.parametrize("read", [records_from_file, records_with_truth])
@pytest.mark.parametrize("label", ["id", "y"])
def test_a_column_of_ids_is_no_label(tmp_path: Path, read: Any, label: str) -> None:
    three = np.arange(3)
    np.savez(tmp_path / "t.npz", id=three, y=three, x=three)
    pd.DataFrame({"id": three, "y": three, "x": three}).to_csv(tmp_path / "t.csv", index=False)
    for name in ("t.npz", "t.csv"):
        with pytest.raises(UserError, match=f"column {label}: expected a column of ids and another one of labels"):
            read(tmp_path / name, label if label == "id" else None, label)


def test_a_folder_has_no_column_of_ids(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected a file with a column 'id' of ids, got a folder"):
        records_from_file(tmp_path, None, "id")


@pytest.mark.parametrize("name", ["id", "ID", "patient id", "customer-id", "index"])
def test_ids_that_nobody_named_are_noticed(name: str) -> None:
    with pytest.raises(UserError, match=f"column {name} seems to name the records, .* name it by --ids {name}"):
        check_ids_are_named(FRAME.rename(columns={"id": name}), ())


@pytest.mark.parametrize(
    ("x", "trained"),
    [
        (FRAME, ("id", "age")),  # the model was trained on it
        (FRAME, ("age",)),  # the model has no use for it
        (FRAME.assign(id=[1, 1, 2]), ()),
        (FRAME.assign(id=[0.1, 0.2, 0.3]), ()),
        (FRAME.rename(columns={"id": "valid"}), ()),
        (FRAME.to_numpy(), ()),
    ],
)
def test_other_columns_are_features(x: Any, trained: tuple[str, ...]) -> None:
    check_ids_are_named(x, trained)


def test_ids_in_a_file_that_python_names_are_noticed(csv: Path) -> None:
    with pytest.raises(UserError, match=r"In Python, .*x\.set_index\('id'\)"):
        read_given(str(csv), str(csv), None, reading=Reading(), seed=0)
    assert len(read_given(str(csv), str(csv), None, reading=Reading(columns=("age", "pay")), seed=0).data) == 6
