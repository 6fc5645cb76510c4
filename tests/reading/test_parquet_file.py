from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miaudit import memory
from miaudit.errors import UserError
from miaudit.reading.columns import columns_of
from miaudit.reading.parquet_file import read_parquet


def write(folder: Path, **columns: Any) -> Path:
    path = folder / "t.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_types_that_hold_numbers_or_text(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        category=pa.array(["b", "a"]).dictionary_encode(),
        view=pa.array(["x", None], pa.string_view()),
        decimal=pa.array(["1.5", "2.5"]).cast(pa.decimal128(5, 2)),
        half=pa.array(np.array([0.5, np.nan], dtype=np.float16)),
        empty=pa.nulls(2),
        large=pa.array([2**53 + 1, 2**63 - 1]),
    )
    table = read_parquet(path, "scores")
    assert table.texts("category").tolist() == ["b", "a"]
    assert table.texts("view").tolist() == ["x", None]
    assert table.numbers("decimal").tolist() == [1.5, 2.5]
    assert table.blanks("half") == 1
    assert np.isnan(table.numbers("empty")).all()
    assert table.whole("large").tolist() == [2**53 + 1, 2**63 - 1]
    assert table.numbers("large").tolist() == [2.0**53, 2.0**63]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (pa.array([[1.0], [2.0]]), "column v: expected numbers or text, one value per row, got list<element: double>"),
        (pa.array([{"a": 1}, {"a": 2}]), "column v: expected numbers or text, one value per row, got struct"),
        (pa.array([b"\x1b", b"x"]), "column v: .*got binary"),
        (pa.array([0, 1], pa.date32()), "column v: expected numbers, got date32"),
        (pa.array(["1", "x"]), "column v: expected numbers, got 'x' in row 2"),
    ],
)
def test_types_that_hold_none_are_named(tmp_path: Path, array: pa.Array, message: str) -> None:
    table = read_parquet(write(tmp_path, v=array), "scores")
    with pytest.raises(UserError, match=message):
        table.numbers("v")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.5, 2.0], "expected whole numbers up to 2.53, got 1.5 in row 1 .1 such rows"),
        ([1.0, 1e300], "got 1.0000000000000001e.300 in row 2"),
        ([1.0, float("inf")], "got inf in row 2"),
        ([1.0, None], "expected a whole number in every row, got 1 blank rows"),
        (pa.array([1, 2**64 - 1], pa.uint64()), r"got 1.8446744073709552e\+19 in row 2"),
    ],
)
def test_whole_numbers(tmp_path: Path, values: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_parquet(write(tmp_path, v=values), "scores").whole("v")


def test_damaged_files_give_one_message(tmp_path: Path) -> None:
    path = write(tmp_path, v=list(range(1000)))
    whole = path.read_bytes()
    for content in (b"", b"PAR1", whole[:-4] + b"PARE", whole[:-400] + bytes(300) + whole[-100:], whole[:200]):
        path.write_bytes(content)
        with pytest.raises(
            UserError, match=r"t.parquet: expected scores, a .parquet table, got content that cannot be read"
        ):
            read_parquet(path, "scores")


def test_a_folder_named_after_a_column_adds_none(tmp_path: Path) -> None:
    folder = tmp_path / "year=2020"
    folder.mkdir()
    assert read_parquet(write(folder, v=[1]), "scores").names == ["v"]


def test_what_would_not_fit_into_memory_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, v=np.zeros(100_000))
    assert path.stat().st_size < 10_000  # packed
    monkeypatch.setattr(memory, "memory_limit", lambda: 100_000.0)
    with pytest.raises(UserError, match="with 100,000 rows of 1 columns, would need"):
        read_parquet(path, "scores")


def test_a_column_is_there_once() -> None:
    twice = pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(UserError, match="expected every column once, got 'a' 2 times"):
        columns_of(twice)
