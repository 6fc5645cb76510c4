from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from miaudit.datasets._tabular import encode_attributes, from_one, one_hot, read_small_numbers
from miaudit.errors import UserError

TABLE = pa.table({"age": [10, 20, 30, 40], "job": ["b", None, "a", "b"], "left out": [1, 2, 3, 4]})
STANDARDISED = np.array([-3, -1, 1, 3]) / np.sqrt(5)  # of 10, 20, 30, 40


def test_one_hot_by_hand() -> None:
    x, names = encode_attributes(TABLE, ["job", "age"], "one_hot")
    assert names == ("job=a", "job=b", "job=missing", "age")
    expected = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(x[:, :3], expected)
    np.testing.assert_allclose(x[:, 3], STANDARDISED, rtol=1e-6)
    assert x.dtype == np.float32


def test_one_hot_columns_are_standardised_where_asked() -> None:
    x, names = encode_attributes(TABLE, ["job"], "one_hot_standardised")
    assert names == ("job=a", "job=b", "job=missing")
    # of 0, 0, 1, 0: mean 1/4, standard deviation sqrt(3)/4; of 1, 0, 0, 1: 1/2 and 1/2
    once = np.array([-1, -1, 3, -1]) / np.sqrt(3)
    np.testing.assert_allclose(x, np.stack([once, [1, -1, -1, 1], np.roll(once, -1)], axis=1), rtol=1e-6)


def test_ordinal_by_hand() -> None:
    x, names = encode_attributes(TABLE, ["age", "job"], "ordinal")
    assert names == ("age", "job")
    codes = np.array([1, 2, 0, 1])  # a, b, missing
    np.testing.assert_allclose(x, np.stack([STANDARDISED, (codes - 1) / np.sqrt(0.5)], axis=1), rtol=1e-6)


def test_one_hot_of_too_many_values() -> None:
    assert one_hot("n", np.arange(1000).astype(str)).x.shape == (1000, 1000)
    with pytest.raises(UserError, match="column n: expected at most 1,000 different values of a text, got 1,001"):
        one_hot("n", np.arange(1001).astype(str))


def test_small_numbers(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    path.write_text('0,255,3\n"4",5,6\n')  # quoted numbers are numbers
    rows = read_small_numbers(path, 3)
    assert rows.tolist() == [[0, 255, 3], [4, 5, 6]]
    assert rows.dtype == np.uint8


def test_rows_of_all_blocks_of_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.datasets._tabular.CSV_BLOCK", 1000)
    rows = np.random.default_rng(0).integers(2, size=(500, 20))
    path = tmp_path / "bits"
    np.savetxt(path, rows, fmt="%d", delimiter=",")
    np.testing.assert_array_equal(read_small_numbers(path, 20), rows)


@pytest.mark.parametrize("text", ["0,1\n0,1,2\n", "0,1,2\n0,1\n", "0,1,256\n", "0,1,x\n", "0,1,-1\n", "", "0,,1\n"])
def test_other_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "numbers"
    path.write_text(text)
    with pytest.raises(UserError, match="numbers: expected 3 numbers from 0 to 255 a line, got"):
        read_small_numbers(path, 3)


def test_labels_from_one() -> None:
    labels = np.array([1, 30, 2], dtype=np.uint8)
    assert from_one(labels, 30, Path("f")).tolist() == [0, 29, 1]
    with pytest.raises(UserError, match="f: expected labels from 1 to 29, got 1 to 30"):
        from_one(labels, 29, Path("f"))
    with pytest.raises(UserError, match="f: expected labels from 1 to 29, got 0 to 0"):
        from_one(np.zeros(3, dtype=np.uint8), 29, Path("f"))
