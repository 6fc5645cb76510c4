import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from miaudit.errors import UserError
from miaudit.reading.csv_file import read_csv
from miaudit.reading.dialect import MOST_COLUMNS, dialect_of
from miaudit.reading.text_file import Text


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
        ("a|b\n1.5|2\n", "|", "."),
        ("a b\n1.5 2\n", " ", "."),
        ("a, b\n1.5, 2\n", ",", "."),
        ("sep=;\na;b\n1,5;2\n", ";", ","),
    ],
)
def test_how_a_file_is_written(tmp_path: Path, text: str, delimiter: str, decimal: str) -> None:
    found = dialect_of(Text(write(tmp_path, text)))
    assert (found.delimiter, found.decimal) == (delimiter, decimal)
    assert bool(found.told) == ((delimiter, decimal) != (",", "."))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "got an empty file"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "got a file packed by gzip that is damaged or cut short"),
        (gzip.compress(b"PAR1rest", mtime=0), "a Parquet file: give it the suffix .parquet"),
        (
            b"PK\x03\x04rest",
            "a ZIP archive or a workbook of a spreadsheet: give it its own suffix .*, or save it as CSV",
        ),
        (b"PAR1rest", "a Parquet file: give it the suffix .parquet"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "got text in UTF-16 that is damaged"),
        (b"a,b\n1,\x002\n", "got the byte 0 at position 6"),
        (b"a,b\n1,\xe9\0\n", "got the byte 0 at position 7"),
        (b"x" * 2**23, "a first line of more than 4,194,304 bytes"),
        (b"a," * (MOST_COLUMNS + 1), "got more than 100,000 columns"),
        ("a;b\n1,5;2\n1.5;3\n", "a decimal comma, 1,5, and with a point, 1.5"),
        ("a;b\n1,234;2\n", "1,234, whose comma may stand for decimals or thousands"),
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


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("a b\nrow1 1 2\nrow2 3 4\n", ["", "a", "b"]),  # R's write.table
        ("a,b\n1,2,\n3,4,\n", ["a", "b"]),  # a separator at the end of every row
        ("a,b,,\n1,2,,\n3,4,,\n", ["a", "b"]),
        ("sep=;\na;b\n1;2\n3;4\n", ["a", "b"]),
    ],
)
def test_headers_that_do_not_fit_the_rows(tmp_path: Path, content: str, names: list[str]) -> None:
    table = read_csv(write(tmp_path, content), "scores")
    assert table.names == names
    assert table.whole("a").tolist() == [1, 3]
    assert table.whole("b").tolist() == [2, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(tmp_path: Path, encoding: str, packed: bool) -> None:
    content = "größe,b\n1,né\n".encode(encoding)
    table = read_csv(write(tmp_path, gzip.compress(content) if packed else content), "scores")
    assert table.names == ["größe", "b"]
    assert table.texts("b").tolist() == ["né"]
    assert bool(table.told) == (encoding in ("cp1252", "latin-1"))


def test_comments_above_the_header_are_left_out(tmp_path: Path) -> None:
    found = read_csv(write(tmp_path, "# made by R\n# in May\nlabel;p\na;0,5\n"), "scores")
    assert found.names == ["label", "p"]
    assert found.texts("label").tolist() == ["a"]
    assert found.told[0] == "Lines that begin with # above the header were left out."
    header = read_csv(write(tmp_path, "#id,label\n1,a\n"), "scores")
    assert header.names == ["#id", "label"]
    assert header.told == ()


@pytest.mark.parametrize(
    ("text", "names", "ids"),
    [
        ("# made by R\nid,p\n#1,0.5\n2,0.25\n", ["id", "p"], ["#1", "2"]),
        ("#id,p\n#1,0.5\n2,0.25\n", ["#id", "p"], ["#1", "2"]),
        ("# made by NumPy\n# id,p\n1,0.5\n2,0.25\n", ["# id", "p"], ["1", "2"]),
        ("# made by R\n# loss 0.3, May\nid,p\n1,0.5\n2,0.25\n", ["id", "p"], ["1", "2"]),
        ("# made by R\n\nid,p\n1,0.5\n2,0.25\n", ["id", "p"], ["1", "2"]),
        ("\n# made by R\nid,p\n1,0.5\n2,0.25\n", ["id", "p"], ["1", "2"]),
        ("sep=,\n\nid,p\n1,0.5\n2,0.25\n", ["id", "p"], ["1", "2"]),
    ],
)
def test_no_row_is_lost_beside_comments(tmp_path: Path, text: str, names: list[str], ids: list[str]) -> None:
    found = read_csv(write(tmp_path, text), "scores")
    assert found.names == names
    assert found.texts(names[0]).tolist() == ids


def test_blank_rows_are_left_out(tmp_path: Path) -> None:
    found = read_csv(write(tmp_path, "label;p\na;1\n;\nb;\n;\n"), "scores")
    assert found.texts("label").tolist() == ["a", "b"]
    assert found.blanks("p") == 1
    assert found.told == ("Columns are separated by semicolons.", "2 blank rows were left out.")
    assert read_csv(write(tmp_path, "a,b\n1,\n,2\n"), "scores").rows == 2
