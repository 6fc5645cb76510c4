"""Text files in any usual encoding, packed by gzip or not, as UTF-8."""

import codecs
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from miaudit.errors import UserError
from miaudit.memory import check_memory, memory_limit

PIECE = 2**22  # bytes that are read at a time
TIMES = 3  # memory that the columns may take, as a multiple of the file's size
REMEDY = "write fewer rows or columns, or a .parquet file"
GZIP = b"\x1f\x8b"
REFUSED = {
    b"PK\x03\x04": "a ZIP archive or a workbook of a spreadsheet: give it its own suffix (.xlsx), or save it as CSV",
    b"PAR1": "a Parquet file: give it the suffix .parquet",
    b"BZh": "a file packed by bzip2: unpack it",
    b"\xfd7zXZ": "a file packed by xz: unpack it",
    b"\x28\xb5\x2f\xfd": "a file packed by zstd: unpack it",
}
MARKS = {  # byte order marks; that of UTF-32 begins like that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Text:
    """A text in UTF-8: the file itself where it is written so, else its content in memory."""

    source: Path | bytes
    told: tuple[str, ...] = ()  # sentences on the encoding that was assumed

    @property
    def size(self) -> int:
        """Size of the text in bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size

    def head(self, size: int) -> bytes:
        """The first `size` bytes of the text."""
        if isinstance(self.source, bytes):
            return self.source[:size]
        with self.source.open("rb") as file:
            return file.read(size)


def open_text(path: Path) -> Text:
    """Open the text of a file that exists.

    UTF-16 and UTF-32 are recognised by their byte order mark. Text that is not UTF-8 is read as Windows-1252,
    which contains Latin-1.

    Raises:
        UserError: the file is packed otherwise than by gzip, is of another format, contains the byte 0, or is too
            large for the memory.
    """
    check_memory(TIMES * path.stat().st_size, str(path), REMEDY)
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(GZIP):
        return _decoded(_unpacked(path))
    _refuse(start)
    if any(start.startswith(mark) for mark in MARKS):
        return _decoded(path.read_bytes())
    return Text(path) if _is_utf8(path) else _decoded(path.read_bytes())


def _refuse(start: bytes) -> None:
    came = next((what for magic, what in REFUSED.items() if start.startswith(magic)), None)
    if came is not None:
        raise UserError(f"got {came}")


def _is_utf8(path: Path) -> bool:
    """Is the whole file UTF-8? Raises UserError where it contains the byte 0."""
    decoder, position, valid = codecs.getincrementaldecoder("utf-8")(), 0, True
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            _refuse_zero(piece, position)
            position += len(piece)
            if not valid:
                continue
            try:
                decoder.decode(piece, final=position == path.stat().st_size)
            except UnicodeDecodeError:
                valid = False
    return valid


def _refuse_zero(content: bytes, position: int = 0) -> None:
    if (found := content.find(b"\0")) >= 0:
        raise UserError(f"got the byte 0 at position {position + found:,}: the file is damaged, or no text")


def _unpacked(path: Path) -> bytes:
    """The content of a gzip file; raises UserError where it is damaged, or larger than the memory allows."""
    pieces: list[bytes] = []
    size = 0
    try:
        with gzip.open(path) as file:
            while piece := file.read(PIECE):
                pieces.append(piece)
                size += len(piece)
                if TIMES * size > memory_limit():
                    check_memory(TIMES * size, f"{path}, unpacked,", REMEDY)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"got a file packed by gzip that is damaged or cut short ({error})") from None
    content = b"".join(pieces)
    _refuse(content[:8])
    return content


def _decoded(content: bytes) -> Text:
    """The content, converted to UTF-8."""
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    try:
        if encoding is not None:
            return _text(content.decode(encoding))
        _refuse_zero(content)
        return Text(content.decode("utf-8").encode())
    except UnicodeDecodeError as error:
        if encoding is not None:
            raise UserError(f"got text in {encoding.upper()} that is damaged ({error.reason})") from None
    told = ("The text is not UTF-8 and was read as Windows-1252 (Latin-1).",)
    try:
        return _text(content.decode("cp1252"), told)
    except UnicodeDecodeError:  # five bytes have no meaning there
        return _text(content.decode("latin-1"), told)


def _text(text: str, told: tuple[str, ...] = ()) -> Text:
    content = text.encode("utf-8", "replace")  # UTF-16 may hold half a surrogate pair
    _refuse_zero(content)
    return Text(content, told)
