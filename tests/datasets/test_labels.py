"""Labels: what is no class is refused, and never taken for another one."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaudit import registry
from miaudit.datasets._labels import check_labels, label_column, text_labels
from miaudit.errors import UserError


def test_texts_by_hand() -> None:
    column = pa.chunked_array([["<=50K", " >50K"], [">50K.", "<=50K. "]])
    assert text_labels("adult", column, ("<=50K", ">50K")).tolist() == [0, 1, 1, 0]
    assert text_labels("credit", pa.chunked_array([[2, 1, 1]]), ("1", "2")).tolist() == [1, 0, 0]


def test_a_column_of_another_kind() -> None:
    with pytest.raises(UserError, match=r"adult: expected labels <=50K or >50K, got a column of list"):
        text_labels("adult", pa.chunked_array([[[1], [2]]]), ("<=50K", ">50K"))


@pytest.mark.parametrize(("value", "shown"), [("50K", "50K"), (None, "None"), ("", "")])
def test_other_texts(value: str | None, shown: str) -> None:
    with pytest.raises(UserError, match=rf"adult: expected labels <=50K or >50K, got {shown}$"):
        text_labels("adult", pa.chunked_array([["<=50K", value]]), ("<=50K", ">50K"))


def test_numbers_that_are_no_classes() -> None:
    check_labels("d", np.array([0, 2]), 3)
    for labels, shown in (([0, 3], r"\[0, 3\]"), ([-1, 0], r"\[-1, 0\]"), ([], r"\[\]")):
        with pytest.raises(UserError, match=f"d: expected labels from 0 to 2, got {shown}"):
            check_labels("d", np.array(labels, dtype=np.int64), 3)


def test_the_column_of_labels() -> None:
    table = pa.table({"class": ["a"], "age": [1], "Income": ["b"]})
    assert label_column("adult", table, ("income", "class")) == "Income"
    with pytest.raises(UserError, match="credit: expected a column risk, got class, age, Income"):
        label_column("credit", table, ("risk",))


@pytest.mark.parametrize(
    ("name", "file", "table", "message"),
    [
        (
            "adult",
            "train",
            {"age": [1, 2], "class": ["<=50K", "rich"]},
            "adult: expected labels <=50K or >50K, got rich",
        ),
        ("adult", "train", {"age": [1]}, "adult: expected a column income or class or .*, got age"),
        ("credit", "all", {"age": [1, 2], "class": ["1", "good"]}, "credit: expected labels 1 or 2, got good"),
        ("credit", "all", {"age": [1]}, "credit: expected a column class, got age"),
        ("location30", "all", {"features": [[0.0] * 446], "label": [30]}, "location30: expected labels from 0 to 29"),
        (
            "location30",
            "all",
            {"features": [[0.0] * 445, [0.0] * 447], "label": [1, 2]},
            "expected 446 features in each row, got 445, 447",
        ),
        ("location30", "all", {"features": [0.5], "label": [1]}, "expected 446 features in each row, got double"),
        ("location30", "all", {"features": [[0.0] * 446]}, "expected Parquet files of one schema"),
    ],
)
def test_tables_made_by_hand(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    file: str,
    table: dict[str, list[object]],
    message: str,
) -> None:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    folder = tmp_path / registry.find("datasets", name).about.folder
    folder.mkdir()
    pq.write_table(pa.table(table), folder / f"{file}.parquet")
    if name == "adult":
        pq.write_table(pa.table(table), folder / "test.parquet")
    with pytest.raises(UserError, match=message):
        registry.build("datasets", name, {}).load()
