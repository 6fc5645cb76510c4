"""Files of records as sources: what they hold is read by `records.from_file`, whose tests say how."""

from pathlib import Path

import pytest

from miaudit.errors import UserError
from miaudit.records.reading import unheard
from miaudit.records.sources.base import source_of
from miaudit.records.sources.table_file import TableFile


def test_a_path_is_read_with_the_column_of_labels(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("age,class\n30,no\n40,yes\n")
    assert source_of(path) is source_of(str(path)) is TableFile
    assert source_of(tmp_path) is not TableFile
    source = TableFile.read("members", str(path), unheard)
    assert source.x["age"].tolist() == [30, 40]
    assert source.y.tolist() == ["no", "yes"]


def test_a_column_of_labels_that_is_not_found_is_told_for_python(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("age,sick\n30,no\n40,yes\n")
    with pytest.raises(UserError, match=r"train\.csv: .* in Python, give features and labels as a pair \(x, y\)"):
        TableFile.read("members", path, unheard)
