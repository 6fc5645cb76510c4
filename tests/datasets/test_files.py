"""Data sets whose files lack a column are refused."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaudit.datasets._files import read_splits
from miaudit.datasets.credit import Credit
from miaudit.errors import UserError


def test_a_column_that_was_asked_for(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": [1, 2]}), tmp_path / "train.parquet")
    assert read_splits(tmp_path, "train").column_names == ["image"]
    with pytest.raises(
        UserError, match=r"expected Parquet files of one schema, got No match for .*label.*; get them again"
    ):
        read_splits(tmp_path, "train", columns=["label"])


def test_as_many_attributes_as_the_original_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / Credit.about.folder
    folder.mkdir()
    pq.write_table(pa.table({"age": [30, 40], "class": [1, 2]}), folder / "all.parquet")
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    with pytest.raises(UserError, match=r"credit.*: expected 20 columns beside 'class', got 1 \(age\); get the files"):
        Credit().load()
