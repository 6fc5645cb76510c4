import errno
import os
import stat
import time
from pathlib import Path

import pytest

from miaudit.errors import UserError
from miaudit.files import (
    ABANDONED,
    MARK_EVERY,
    NEW,
    PART,
    check_writable,
    files_together,
    mark_used,
    new_file,
    whole,
    write_atomically,
)
from miaudit.manifest import MANIFEST, check_together


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_under_its_own_name_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the moment of the rename everything has reached the disk."""
    seen = []
    original = Path.replace

    def replace(part: Path, target: Path) -> Path:
        seen.append(part.read_bytes())
        return original(part, target)

    monkeypatch.setattr(Path, "replace", replace)
    write_atomically(tmp_path / "deep" / "file", b"content")
    assert seen == [b"content"]
    assert names(tmp_path) == ["file"]


def test_until_then_it_has_another_name(tmp_path: Path) -> None:
    with whole(tmp_path / "file") as part:
        part.write_bytes(b"half")
        assert part.name.startswith("file.")
        assert part.name.endswith(PART)
        assert not (tmp_path / "file").exists()
    assert names(tmp_path) == ["file"]


def _write_half(path: Path, error: type[BaseException]) -> None:
    with new_file(path) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path, error: type[BaseException]) -> None:
    write_atomically(tmp_path / "file", b"before")
    with pytest.raises(error):
        _write_half(tmp_path / "file", error)
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"before"


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"cannot write .*file: No space left on device; free some space"):
        write_atomically(tmp_path / "file", b"content")
    assert names(tmp_path) == []


def test_files_may_be_read_by_whom_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


def test_use_is_noted_now_and_then(tmp_path: Path) -> None:
    file, now = tmp_path / "file", time.time()
    file.touch()
    os.utime(file, (now - 10, now - 10))
    mark_used(file)
    assert file.stat().st_mtime == pytest.approx(now - 10)
    os.utime(file, (now - MARK_EVERY - 10, now - MARK_EVERY - 10))
    mark_used(file)
    assert file.stat().st_mtime == pytest.approx(now, abs=100)
    mark_used(tmp_path / "none")
    assert names(tmp_path) == ["file"]


def test_files_that_belong_together_are_replaced_together(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with files_together(tmp_path / "out") as new:
            for name in ("a", "b"):
                (new / name).write_text(content)
    found = {path.name: path.read_text() for path in (tmp_path / "out").iterdir() if path.name != MANIFEST}
    assert found == {"a": "new", "b": "new"}
    check_together(tmp_path / "out", ("a", "b"))


def _interrupted(folder: Path) -> None:
    with files_together(folder) as new:
        (new / "a").write_text("new")
        raise KeyboardInterrupt


def test_an_interrupt_before_all_are_written_leaves_them_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_two_may_write_to_one_folder_at_once(tmp_path: Path) -> None:
    with files_together(tmp_path) as first:
        (first / "a").write_text("first")
        with files_together(tmp_path) as second:
            (second / "a").write_text("second")
        (first / "b").write_text("first")
    found = {path.name: path.read_text() for path in tmp_path.iterdir() if path.name != MANIFEST}
    assert found == {"a": "first", "b": "first"}


def test_what_a_process_that_was_killed_left_is_removed_in_time(tmp_path: Path) -> None:
    left, in_use, now = tmp_path / f"{NEW}.0", tmp_path / f"{NEW}.1", time.time()
    for folder, age in ((left, ABANDONED + 100), (in_use, ABANDONED - 100)):
        folder.mkdir()
        (folder / "c").touch()
        os.utime(folder, (now - age, now - age))
    with files_together(tmp_path) as new:
        assert set(tmp_path.iterdir()) == {in_use, new}
    assert set(tmp_path.iterdir()) == {in_use, tmp_path / MANIFEST}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UserError, match=r"cannot write to .*; choose another folder"),
        files_together(tmp_path / "file" / "out"),
    ):
        raise AssertionError("not reached")


def test_whether_a_folder_can_be_written_to_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_writable(tmp_path)
    check_writable(tmp_path / "deep" / "out")
    assert names(tmp_path) == []
    assert not (tmp_path / "deep").exists()
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(UserError, match=r"cannot write to .*: .*file is a file; choose another folder"):
            check_writable(place)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(UserError, match=r"may not be written to; choose another folder"):
        check_writable(tmp_path / "out")


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file, link = tmp_path / "real" / "file", tmp_path / "link"
    file.write_bytes(b"old")
    link.symlink_to(file)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == link.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["file"]  # written beside it, on the same disk


def test_the_folder_is_on_disk_after_the_file_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, bool]] = []
    sync = os.fsync

    def noted(opened: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(opened).st_mode) else "file"
        synced.append((kind, (tmp_path / "file").exists()))
        sync(opened)

    monkeypatch.setattr(os, "fsync", noted)
    write_atomically(tmp_path / "file", b"content")
    assert synced == [("file", False), ("folder", True)]
