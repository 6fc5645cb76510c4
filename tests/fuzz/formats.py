"""Predictions in other formats than CSV and Parquet, whole and damaged."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import openpyxl
import polars
import pyarrow as pa
import pyarrow.feather
import pyreadstat
from numpy.random import Generator

from fuzz.cases import Case, one_file
from fuzz.mutate import damaged_bytes

SEEDS = 12  # damaged files of each format
Table = dict[str, list[Any]]


def formats(rng: Generator) -> Iterator[Case]:
    """All cases on formats that only files of predictions have."""
    table = _table(rng)
    for suffix, content, says in _contents(table):
        name = f"t{suffix}"
        yield _case(f"valid {suffix}", name, content)
        yield _case(f"empty {suffix}", name, b"", "")
        yield _case(f"text as {suffix}", name, b"label,p0,p1\n1,0.5,0.5\n", says)
        for i in range(SEEDS):
            yield _case(f"damaged {suffix} {i}", name, damaged_bytes(content, rng))
    yield from _odd_json()
    yield from _odd_arrays()


def _case(title: str, name: str, content: bytes, says: str = "") -> Case:
    words = ("score", name, "--attack", "loss", "--out", "out.csv")
    return Case(f"format: {title}", words, one_file(name, content), name, says)


def _table(rng: Generator, n: int = 16) -> Table:
    p = rng.random(n)
    split = [("test", "train")[i % 2] for i in range(n)]
    return {"label": [i // 2 % 2 for i in range(n)], "split": split, "p0": list(1 - p), "p1": list(p)}


def _contents(table: Table) -> Iterator[tuple[str, bytes, str]]:
    records = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    yield ".json", json.dumps(records).encode(), "json"
    yield ".jsonl", "\n".join(map(json.dumps, records)).encode(), "json"
    yield ".npz", _npz(**{name: np.array(values) for name, values in table.items()}), "numpy"
    yield ".xlsx", _excel(table), "excel"
    yield ".feather", _feather(table), "feather"
    for suffix, write in ((".dta", pyreadstat.write_dta), (".sav", pyreadstat.write_sav)):
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"t{suffix}"
            write(polars.DataFrame(table), path)
            yield suffix, path.read_bytes(), "stata"


def _npz(**arrays: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _excel(table: Table) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (tuple(table), *zip(*table.values(), strict=True)):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def _feather(table: Table) -> bytes:
    out = io.BytesIO()
    pyarrow.feather.write_feather(pa.table(table), out)
    return out.getvalue()


def _odd_json() -> Iterator[Case]:
    odd = {
        "a number": "7",
        "deep": "[" * 100_000,
        "a long number": '[{"label": ' + "1" * 5000 + "}]",
        "a huge number": '[{"label": 1e999, "p0": 0.5, "p1": 0.5}]',
        "mixed": '[{"label": 1, "p0": 0.5, "p1": 0.5}, {"label": "a", "p0": "b"}]',
        "records of lists": '[{"label": [1], "p0": {"a": 1}, "p1": 0.5}]',
        "lists of different lengths": '{"label": [1, 0], "p0": [0.5]}',
        "rows of different lengths": '{"columns": ["label", "p0"], "data": [[1], [1, 2]]}',
        "an escape": '[{"\\u001b[31m": 1, "label": "\\u001b[31m"}]',
        "half a pair": '[{"label": "\\ud800", "p0": 0.5, "p1": 0.5}]',
        "one bad line": '{"label": 1}\n{"label": }\n',
        "null": "null",
    }
    for title, text in odd.items():
        yield _case(f"{title} in JSON", "t.json", text.encode())


def _odd_arrays() -> Iterator[Case]:
    y = np.arange(8) % 2
    yield _case("objects", "t.npz", _npz(label=np.array([{}] * 8)))
    yield _case("different lengths", "t.npz", _npz(label=y, probs=np.full((7, 2), 0.5)), "different lengths")
    yield _case("many dimensions", "t.npz", _npz(label=y, probs=np.full((8, 2, 2), 0.5)), "of shape")
    yield _case("complex numbers", "t.npz", _npz(label=y, probs=np.full((8, 2), 1j)), "complex")
    yield _case("no arrays", "t.npz", _npz(), "")
    yield _case("a single number", "t.npz", _npz(label=np.array(1)), "")
    yield _case("nothing but NaN", "t.npz", _npz(label=y, member=y, probs=np.full((8, 2), np.nan)), "finite")
