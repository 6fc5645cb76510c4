import base64
import zlib

import numpy as np
import pytest

from miaudit.report import columns
from miaudit.report.columns import TYPES, Packed


def read(packed: Packed) -> np.ndarray:
    """The numbers of a column, byte plane by byte plane: an independent reading of the format."""
    content, width = zlib.decompress(base64.b64decode(packed.data)), int(packed.type[1])
    count = len(content) // width
    rows = [bytes(content[plane * count + at] for plane in range(width)) for at in range(count)]
    return np.frombuffer(b"".join(rows), dtype=TYPES[packed.type])


@pytest.mark.parametrize(("top", "kind"), [(0, "u1"), (255, "u1"), (256, "u2"), (65_535, "u2"), (65_536, "u4")])
def test_counts_take_as_few_bytes_as_they_need(top: int, kind: str) -> None:
    packed = columns.counts(np.array([0, top, 1]))
    assert packed.type == kind
    assert read(packed).tolist() == [0, top, 1]


@pytest.mark.parametrize(("extreme", "kind"), [(3.5, "f4"), (np.inf, "f4"), (1e-50, "f8"), (1e300, "f8")])
def test_scores_are_double_only_where_single_would_lose_them(extreme: float, kind: str) -> None:
    packed = columns.scores(np.array([-1.25, 0.0, extreme]))
    assert packed.type == kind
    assert read(packed).tolist() == [-1.25, 0.0, extreme]


def test_measured_numbers_keep_five_digits_and_their_order() -> None:
    values = np.sort(np.random.default_rng(0).lognormal(sigma=20.0, size=1000))
    kept = read(columns.measured(values))
    np.testing.assert_allclose(kept, values, rtol=2.0**-19 * 1.2)
    assert np.all(np.diff(kept) >= 0)
    assert not np.any(kept.view(np.uint32) & 31)
    assert read(columns.measured(np.array([-1.00000001, np.inf, -np.inf, 0.0]))).tolist() == [-1, np.inf, -np.inf, 0]
    assert np.isnan(read(columns.measured(np.array([np.nan])))[0])


def test_texts_are_lines() -> None:
    packed = columns.text(["a", "two\nlines", "", 7, "Ärzte"])
    assert zlib.decompress(base64.b64decode(packed.data)).decode().split("\n") == ["a", "two lines", "", "7", "Ärzte"]


def test_columns_of_a_table_are_numbers_or_text() -> None:
    assert columns.of_any_type([3, 1, 2]).type == "f8"
    assert np.isnan(read(columns.of_any_type([3.5, None]))[1])
    assert columns.of_any_type(["3", None]).type == "text"
    assert columns.of_any_type([True, False]).type == "text"


def test_no_column_is_lost_where_there_are_no_rows() -> None:
    assert read(columns.counts(np.array([], dtype=np.int64))).tolist() == []
    assert read(columns.scores(np.array([]))).tolist() == []
