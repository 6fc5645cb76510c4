"""Tables: evidence, scores and data sets as CSV, Parquet, NPZ and safetensors."""

import csv
import gzip
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator
from safetensors.numpy import save

from evidence_files import VERSION, minimal
from fuzz.cases import Case, one_file
from fuzz.mutate import damaged_bytes, damaged_table

CONFIG = """dataset: {{name: user_file, path: {file}}}
split: {{name: pool, models: 2, shadows: 2}}
recipe: {{model: {{name: mlp, hidden: [4]}}, epochs: 1}}
attacks: [loss]
"""
SCORE = ("score", "{file}", "--attack", "loss", "--out", "out.csv")
USES = ("evidence", "scores", "data")


def tables(rng: Generator) -> Iterator[Case]:
    """All cases on tables."""
    yield from _audits(rng)
    for use in USES:
        rows = _rows(use, rng)
        yield from _csv_cases(use, rows, rng)
        yield from _parquet_cases(use, rows, rng)
    yield from _npz_cases(rng)
    yield from _tensor_cases(rng)


def _rows(use: str, rng: Generator, n: int = 24) -> list[list[str]]:
    """A valid table as text, its header first."""
    p, member = rng.random(n), np.arange(n) % 2
    if use == "scores":
        return [["score", "member"], *([f"{a:.4f}", str(b)] for a, b in zip(p, member, strict=True))]
    if use == "data":
        words = np.array(["red", "blue", "green"])[np.arange(n) % 3]
        return [["x", "colour", "label"], *([f"{a:.3f}", w, str(m)] for a, w, m in zip(p, words, member, strict=True))]
    label = rng.integers(2, size=n)
    return [
        ["label", "member", "p0", "p1"],
        *([str(y), str(m), f"{1 - a:.6f}", f"{a:.6f}"] for y, m, a in zip(label, member, np.round(p, 6), strict=True)),
    ]


def _case(use: str, title: str, name: str, content: bytes, says: str = "") -> Case:
    """The call that reads such a file."""
    if use == "data":

        def write(folder: Any) -> None:
            (folder / name).write_bytes(content)
            (folder / "config.yaml").write_text(CONFIG.format(file=name))
            (folder / "store").mkdir()

        return Case(f"{use}: {title}", ("store", "explain", "config.yaml", "--store", "store"), write, name, says)
    words = ("evaluate", name) if use == "scores" else tuple(word.format(file=name) for word in SCORE)
    return Case(f"{use}: {title}", words, one_file(name, content), name, says)


def _audits(rng: Generator) -> Iterator[Case]:
    """A few whole audits: most of a table's faults are found before an attack begins."""
    for i in range(8):
        content = _text(damaged_table(_rows("evidence", rng), rng)).encode("utf-8", "surrogatepass")
        yield Case(f"audit {i}", ("audit", "t.csv", "--out", "out", "--jobs", "1"), one_file("t.csv", content), "t.csv")


def _text(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _csv_cases(use: str, rows: list[list[str]], rng: Generator) -> Iterator[Case]:
    text = _text(rows)
    plain = text.encode()
    yield _case(use, "valid", "t.csv", plain)
    yield _case(use, "empty", "t.csv", b"", "empty")
    yield _case(use, "only a mark of bytes", "t.csv", b"\xef\xbb\xbf", "empty")
    yield _case(use, "gzip", "t.csv", gzip.compress(plain, mtime=0), "gzip")
    yield _case(use, "zip", "t.csv", b"PK\x03\x04" + plain, "zip")
    yield _case(use, "parquet named csv", "t.csv", b"PAR1" + plain, "parquet")
    yield _case(use, "utf-16", "t.csv", text.encode("utf-16"), "utf-16")
    yield _case(use, "nul", "t.csv", plain[:30] + b"\0" + plain[30:], "byte 0")
    yield _case(use, "latin-1", "t.csv", plain.replace(b"0.", b"\xe9.", 1), "")
    yield _case(use, "a cell of a megabyte", "t.csv", plain.replace(b"0.", b"0." + b"1" * 2**20, 1))
    yield _case(use, "a header of a megabyte", "t.csv", b"x" * 2**20 + plain)
    yield _case(
        use, "many columns", "t.csv", ",".join(f"c{i}" for i in range(20_000)).encode() + b"\n" + b"0," * 19_999
    )
    yield _case(use, "spaces", "t.csv", _text(rows, " ").encode(), "spaces")
    yield _case(use, "semicolons", "t.csv", _text(rows, ";").encode())
    yield _case(use, "decimal commas", "t.csv", _text(rows, ";").replace(".", ",").encode())
    yield _case(use, "two decimal marks", "t.csv", _text(rows, ";").replace(".", ",", 5).encode(), "decimal comma")
    yield _case(use, "tabs", "t.csv", _text(rows, "\t").encode())
    yield _case(
        use, "row numbers", "t.csv", _text([["", *rows[0]], *([str(i), *r] for i, r in enumerate(rows[1:]))]).encode()
    )
    yield _case(use, "a column twice", "t.csv", _text([[*row, row[0]] for row in rows]).encode(), "once")
    yield _case(use, "open quote", "t.csv", b'"' + plain)
    yield _case(use, "carriage returns", "t.csv", plain.replace(b"\n", b"\r"))
    for i in range(40):
        yield _case(use, f"table {i}", "t.csv", _text(damaged_table(rows, rng)).encode("utf-8", "surrogatepass"))
    for i in range(20):
        yield _case(use, f"bytes {i}", "t.csv", damaged_bytes(plain, rng))


def _parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def _parquet_cases(use: str, rows: list[list[str]], rng: Generator) -> Iterator[Case]:
    columns = dict(zip(rows[0], map(list, zip(*rows[1:], strict=True)), strict=True))
    numeric = {n: pa.array(v) if n == "colour" else pa.array(list(map(float, v))) for n, v in columns.items()}
    table = pa.table(numeric)
    plain = _parquet(table)
    yield _case(use, "valid", "t.parquet", plain)
    yield _case(use, "no parquet", "t.parquet", b"hello", "parquet")
    yield _case(use, "encrypted", "t.parquet", plain[:-4] + b"PARE", "")
    yield _case(use, "no rows", "t.parquet", _parquet(table.slice(0, 0)))
    yield _case(use, "no columns", "t.parquet", _parquet(pa.table({})))
    for compression in ("gzip", "zstd", "snappy"):
        content = _parquet(table, compression=compression)
        yield _case(use, compression, "t.parquet", content)
        for i in range(3):
            yield _case(use, f"damaged {compression} {i}", "t.parquet", damaged_bytes(content, rng))
    for name, kind, array in _exotic(table.num_rows):
        for column in rng.permutation(table.column_names)[:2].tolist():
            changed = table.set_column(table.column_names.index(column), column, array)
            yield _case(use, f"{name} as {column}", "t.parquet", _parquet(changed), kind)
    for i in range(20):
        yield _case(use, f"bytes {i}", "t.parquet", damaged_bytes(plain, rng))


def _exotic(n: int) -> Iterator[tuple[str, str, pa.Array]]:
    """Columns of types that a table of numbers does not have; for some, the word that a message must have."""
    yield "list", "list", pa.array([[1.0]] * n)
    yield "struct", "struct", pa.array([{"a": 1}] * n)
    yield "map", "map", pa.array([[("a", 1)]] * n, pa.map_(pa.string(), pa.int64()))
    yield "binary", "binary", pa.array([b"\x1b[31m"] * n)
    yield "text view", "", pa.array(["0"] * n, pa.string_view())
    yield "large text", "", pa.array(["\x1b[31m"] * n, pa.large_string())
    yield "categories", "", pa.array(["0", "1"] * (n // 2)).dictionary_encode()
    yield "categories of lists", "", pa.array([None] * n)
    yield "huge", "", pa.array([2**64 - 1] * n, pa.uint64())
    yield "decimal", "", pa.array([10**40] * n, pa.decimal256(50, 0))
    yield "dates", "", pa.array([0] * n, pa.date32())
    yield "durations", "", pa.array([0] * n, pa.duration("s"))
    yield "booleans", "", pa.array([True, False] * (n // 2))
    yield "halves", "", pa.array([0.5] * n, pa.float16())
    yield "infinite", "", pa.array([float("inf")] * n)
    yield "nan", "", pa.array([float("nan")] * n)


def _npz_cases(rng: Generator) -> Iterator[Case]:
    def packed(**arrays: Any) -> bytes:
        out = io.BytesIO()
        np.savez(out, **arrays)
        return out.getvalue()

    x, y = rng.random((20, 3)), np.arange(20) % 2
    plain = packed(x=x, y=y)
    yield _case("data", "valid npz", "t.npz", plain)
    yield _case("data", "objects", "t.npz", packed(x=np.array([{}] * 20), y=y), "npz")
    yield _case("data", "records", "t.npz", packed(x=np.zeros(20, dtype=[("a", float)]), y=y), "expected numbers")
    yield _case("data", "terabytes", "t.npz", plain.replace(b"(20, 3)", b"(9**9,)"), "npz")
    for i in range(40):
        yield _case("data", f"npz {i}", "t.npz", damaged_bytes(plain, rng))


def _tensor_cases(rng: Generator) -> Iterator[Case]:
    arrays = minimal(rng, n=12) | {"audit.member": (np.arange(12) % 2).astype(np.uint8)}
    plain = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, metadata=VERSION)
    yield _case("evidence", "valid tensors", "t.safetensors", plain)
    yield _case("evidence", "no tensors", "t.safetensors", b"", "safetensors")
    yield _case("evidence", "a header of exabytes", "t.safetensors", b"\xff" * 8 + plain[8:], "safetensors")
    yield _case("evidence", "escape in a name", "t.safetensors", plain.replace(b"member", b"\\u001b[1"), "tensor")
    yield _case("evidence", "a tensor twice", "t.safetensors", plain.replace(b"audit.member", b"audit.labels"))
    for i in range(60):
        yield _case("evidence", f"tensors {i}", "t.safetensors", damaged_bytes(plain, rng))
