"""What every form of features must do: join, reorder, be packed and unpacked, and give back what it was given."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
import pytest
from scipy import sparse

from miaudit.features.base import Features, Packed, form_of, pack, unpack

N = 6
DAYS = [datetime.date(2020, 1, day) for day in range(1, N + 1)]
COLUMNS: dict[str, list[Any]] = {
    "age": [31, 45, 22, 67, 31, 50],
    "pay": [1.5, None, 2.25, 0.0, -0.0, 9.0],
    "town": ["Ulm", "Bonn", None, "Köln", "Ulm", "Ulm"],
    "married": [True, False, True, True, False, False],
    "since": DAYS,
}


def pandas_frame() -> pd.DataFrame:
    frame = pd.DataFrame(COLUMNS, index=[f"p{i}" for i in range(N)])
    mixed = np.array(["a", None, np.nan, "b", pd.NA, "a"], dtype=object)
    return frame.assign(
        since=pd.to_datetime(frame["since"]),
        kind=pd.Categorical(["x", "y", "x", "z", "x", "x"], categories=["z", "y", "x", "w"], ordered=True),
        children=pd.array([0, None, 2, 1, 0, 3], dtype="Int64"),
        smoker=pd.array([True, None, False, True, False, True], dtype="boolean"),
        note=pd.Series(mixed, index=frame.index, dtype=object),
        size=np.arange(N, dtype=np.int8),
    )


def polars_frame() -> pl.DataFrame:
    return pl.DataFrame(COLUMNS).with_columns(pl.col("town").cast(pl.Categorical))


def token_ids() -> dict[str, Any]:
    return {"ids": np.arange(2 * N).reshape(N, 2), "weight": np.linspace(0, 1, N)[:, None]}


def matrix() -> sparse.csr_matrix:
    return sparse.random(N, 5, density=0.4, random_state=0, format="csr")


TEXTS = ["One", "two words", "", "drei Wörter hier", "two  WORDS!", "One"]
FORMS: dict[str, Callable[[], Any]] = {
    "pandas": pandas_frame,
    "polars": polars_frame,
    "pyarrow": lambda: pa.table(COLUMNS),
    "texts": lambda: list(TEXTS),
    "array of texts": lambda: np.array(TEXTS),
    "series of texts": lambda: pd.Series(TEXTS),
    "arrow texts": lambda: pa.chunked_array([TEXTS[:2], TEXTS[2:]]),
    "sparse matrix": matrix,
    "sparse array": lambda: sparse.csr_array(matrix()),
    "by name": token_ids,
    "by place": lambda: tuple(token_ids().values()),
}


def rows_of(given: Any, rows: Any) -> Any:
    """The rows of what a user gives, by the library's own means."""
    if isinstance(given, dict):
        return {name: x[rows] for name, x in given.items()}
    if isinstance(given, tuple):
        return tuple(x[rows] for x in given)
    if isinstance(given, pd.DataFrame | pd.Series):
        return given.iloc[rows]
    if isinstance(given, pa.Table | pa.ChunkedArray):
        return given.take(pa.array(rows))
    return [given[row] for row in rows] if isinstance(given, list) else given[rows]


def assert_same(found: Any, expected: Any) -> None:
    """Two objects of a library with the same types and values."""
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected.reset_index(drop=True))
    elif isinstance(expected, pl.DataFrame):
        pl.testing.assert_frame_equal(found, expected)
    elif isinstance(expected, pa.Table):
        assert found.equals(expected)
    elif sparse.issparse(expected):
        assert type(found) is type(expected)
        npt.assert_array_equal(found.toarray(), expected.toarray())
    elif isinstance(expected, dict | tuple):
        assert type(found) is type(expected)
        both = [list(each.values()) if isinstance(each, dict) else list(each) for each in (found, expected)]
        for one, other in zip(*both, strict=True):
            assert one.dtype == other.dtype
            npt.assert_array_equal(one, other)
    else:
        assert found == [str(text) for text in (expected.to_pylist() if hasattr(expected, "to_pylist") else expected)]


def made(given: Any, records: int = N) -> Features:
    form = form_of(given, records)
    assert form is not None
    return form.of("members", given, np.float64)


@pytest.mark.parametrize("name", FORMS)
def test_the_model_is_given_what_the_user_gave(name: str) -> None:
    given = FORMS[name]()
    x = made(given)
    assert len(x) == N == x.shape[0]
    assert_same(x.native, given)


@pytest.mark.parametrize("name", FORMS)
def test_rows_in_any_order_and_slices(name: str) -> None:
    given, order = FORMS[name](), np.array([4, 0, 5, 0])
    x = made(given)
    assert_same(x[order].native, rows_of(given, order))
    assert_same(x[1:3].native, rows_of(given, np.arange(1, 3)))
    assert_same(x[np.arange(N) == 2].native, rows_of(given, np.array([2])))


@pytest.mark.parametrize("name", FORMS)
def test_parts_are_joined(name: str) -> None:
    given = FORMS[name]()
    parts = {"members": made(rows_of(given, np.arange(3)), 3), "nonmembers": made(rows_of(given, np.arange(3, N)), 3)}
    whole = made(given)
    joined = type(whole).joined(parts)
    assert_same(joined.native, given)
    assert joined.digests() == whole.digests()


@pytest.mark.parametrize("name", FORMS)
def test_files_hold_them_without_pickling(name: str, tmp_path: Path) -> None:
    x = made(FORMS[name]())
    packed = pack(x)
    for part, array in packed.arrays.items():
        np.save(tmp_path / f"{part}.npy", array, allow_pickle=False)
    arrays = {part: np.load(tmp_path / f"{part}.npy", mmap_mode="c", allow_pickle=False) for part in packed.arrays}
    assert_same(unpack(Packed(packed.form, arrays, packed.facts)).native, FORMS[name]())


@pytest.mark.parametrize("name", FORMS)
def test_the_fingerprint_follows_content_and_order(name: str) -> None:
    from miaudit.fingerprint import fingerprint

    x, again = made(FORMS[name]()), made(FORMS[name]())
    assert fingerprint(x.content) == fingerprint(again.content)
    assert fingerprint(x.content) == fingerprint(x[np.arange(N)].content)
    assert fingerprint(x.content) != fingerprint(x.reordered(np.arange(N)[::-1]).content)


@pytest.mark.parametrize("name", FORMS)
def test_an_attacker_can_look_at_them(name: str) -> None:
    coded = made(FORMS[name]()).coded()
    assert coded.values.shape == (N, len(coded.names))
    assert coded.values.dtype == np.float64
    assert len(set(coded.names)) == len(coded.names)


def test_numbers_are_no_form_of_their_own() -> None:
    frame = pd.DataFrame({"age": [1, 2], "pay": [0.5, np.nan], "married": [True, False]})
    for plain in ([[1.0], [2.0]], np.zeros((2, 2)), frame, pl.DataFrame(frame), pa.Table.from_pandas(frame)):
        assert form_of(plain, 2) is None
