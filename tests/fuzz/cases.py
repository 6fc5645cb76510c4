"""What a case of the fuzz test is."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

Writes = Callable[[Path], None]  # puts the case's files into an empty folder


class Case(NamedTuple):
    """A call of the program on files that are wrong, or may be."""

    title: str
    words: tuple[str, ...]  # relative paths lie in the case's folder, in which the program runs
    write: Writes
    names: str = ""  # what a message must mention: the file
    says: str = ""  # the fault that it must tell, in lower case


def one_file(name: str, content: bytes) -> Writes:
    """A case with a single file."""

    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


def nothing(folder: Path) -> None:
    """A case without files."""
    del folder
