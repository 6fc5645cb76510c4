import os
from pathlib import Path

import pytest

from miaudit.errors import UserError
from miaudit.files import check_writable
from miaudit.reading.json_file import read_json
from miaudit.reading.path import about, check_file, check_folder, read_text, resolved


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One of everything that a path may lead to."""
    (tmp_path / "file").write_text("hello")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none", "expected scores, got no such file"),
        ("file/x", "expected scores, got no such file"),
        ("folder", "expected scores, got a folder"),
        ("loop", "expected scores, got a link that leads back to itself"),
        ("pipe", "expected scores, got a pipe"),
        ("device", "expected scores, got a device"),
        ("x" * 300, "expected scores, got a name that is too long"),
        ("nul\0", "expected a path, got one with a NUL character"),
        ("caf\udce9", "expected a path in UTF-8"),
    ],
)
def test_what_is_no_file_is_refused_without_being_opened(folder: Path, name: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        check_file(folder / name, "scores", 10)
    if name != "folder":
        with pytest.raises(UserError):
            check_folder(folder / name, "a store")


def test_files_have_a_greatest_size(folder: Path) -> None:
    check_file(folder / "file", "scores", 5)
    with pytest.raises(UserError, match="expected at most 4 bytes of scores, got 5"):
        check_file(folder / "file", "scores", 4)


def test_a_path_that_cannot_be_followed(folder: Path) -> None:
    assert resolved(folder / "folder" / ".." / "file") == (folder / "file").resolve()
    with pytest.raises(UserError, match="a link that leads back to itself"):
        resolved(folder / "loop" / "x")
    for name in ("loop", "nul\0", "x" * 300):
        with pytest.raises(UserError):
            check_writable(folder / name)


def test_text_is_in_utf_8(folder: Path) -> None:
    (folder / "file").write_bytes("\ufeffé".encode())
    assert read_text(folder / "file", "words", 100) == "é"
    (folder / "file").write_bytes(b"ab\xe9")
    with pytest.raises(UserError, match="expected words in UTF-8, got the byte 0xe9 at position 2"):
        read_text(folder / "file", "words", 100)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000, '{"a": }'])
def test_what_is_no_json(folder: Path, text: str) -> None:
    (folder / "file").write_text(text)
    with pytest.raises(UserError, match=r"file( is not JSON|: expected a result, got JSON that is nested too deeply)"):
        read_json(folder / "file", "a result")


def test_a_file_is_named_once(folder: Path) -> None:
    path = folder / "file"
    for said in ("wrong", f"{path}: wrong"):
        with pytest.raises(UserError, match=f"^{path}: wrong$"), about(path):
            raise UserError(said)
