import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from miaudit.errors import UserError
from miaudit.reading.csv_file import read_csv
from miaudit.reading.dialect import MOST_COLUMNS, dialect_of


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("text", "delimiter", "decimal"),
    [
        ("a,b\n1.5,2\n", ",", "."),
        ("a;b\n1,5;2\n", ";", ","),
        ("a;b\n1.5;2\n", ";", "."),
        ("a\tb\n1,5\t2\n", "\t", ","),
        ('"a";"b"\n"1,5";"x;y"\n', ";", ","),
        ('"a;b","c"\n1.5,2\n', ",", "."),
        ("a\n1\n2\n", ",", "."),
        ("a;b\n0,123;1\n", ";", ","),
        ("a;b\n", ";", "."),
    ],
)
def test_how_a_file_is_written(tmp_path: Path, text: str, delimiter: str, decimal: str) -> None:
    found = dialect_of(write(tmp_path, text))
    assert (found.delimiter, found.decimal) == (delimiter, decimal)
    assert bool(found.told) == ((delimiter, decimal) != (",", "."))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (gzip.compress(b"a,b\n1,2\n"), "got a file packed by gzip: unpack it"),
        (b"PK\x03\x04rest", "a ZIP archive or a workbook of a spreadsheet: save it as CSV"),
        (b"PAR1rest", "a Parquet file: give it the suffix .parquet"),
        ("a,b\n1,2\n".encode("utf-16"), "text in UTF-16: save it in UTF-8"),
        (b"a,b\n1,\x002\n", "got the byte 0 at position 6"),
        (b"a,b\n1,\xe9\n", "got the byte 0xe9, which is no UTF-8"),
        (b"x" * 2**23, "a first line of more than 4,194,304 bytes"),
        (b"a," * (MOST_COLUMNS + 1), "got more than 100,000 columns"),
        ("a;b\n1,5;2\n1.5;3\n", "a decimal comma, 1,5, and with a point, 1.5"),
        ("a;b\n1,234;2\n", "1,234, whose comma may stand for decimals or thousands"),
        ("a b\n1 2\n", "columns seem to be separated by spaces: expected commas, semicolons, tabs"),
        ("a|b\n1|2\n", "separated by vertical bars"),
        ("a,b;c,d\n1,2;3,4\n", "separated by commas and by semicolons"),
        ("a,b\n1\n", "Expected 2 columns, got 1"),
        ("a,a\n1,2\n", "expected every column once, got 'a' 2 times"),
    ],
)
def test_what_cannot_be_read_for_sure_is_refused(tmp_path: Path, content: bytes | str, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        read_csv(write(tmp_path, content), "scores")
    assert "t.csv" in str(error.value)


def test_numbers_of_a_text_column(tmp_path: Path) -> None:
    table = read_csv(write(tmp_path, "p;n;w\n 0,5 ; 7;a\n;8,0;\n1e-3;9;c\n"), "scores")
    assert table.decimal == ","
    assert table.numbers("p")[[0, 2]].tolist() == [0.5, 1e-3]
    assert table.numbers("p")[1] != table.numbers("p")[1]
    assert table.whole("n").tolist() == [7, 8, 9]
    assert table.texts("w").tolist() == ["a", None, "c"]
    with pytest.raises(UserError, match="column w: expected numbers, got 'a' in row 1"):
        table.numbers("w")


def test_types_may_be_said_or_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2\n")
    table = read_csv(path, "scores", lambda name: pa.string() if name == "a" else None)
    assert table.is_text("a")
    assert not table.is_text("b")
