"""Tests of the zip of a pack: one form only, and every other one is found out."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from miaudit.decisions.archive import MANIFEST, differences, manifest, unzipped, zipped
from miaudit.errors import UserError

FILES = {"result.json": b"{}", "a.txt": b"hello\n"}
WHOLE = FILES | {MANIFEST: manifest(FILES)}


@pytest.fixture
def pack(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(content: bytes) -> Path:
        path = tmp_path / "pack.zip"
        path.write_bytes(content)
        return path

    return written


def rezipped(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, method)  # of 1980: names of tests hold it
    return buffer.getvalue()


def test_the_manifest_is_what_sha256sum_writes() -> None:
    assert manifest({"b": b"", "a": b"hello\n"}).decode().splitlines() == [
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b",
    ]


def test_the_same_files_give_the_same_bytes_in_any_order(pack: Callable[[bytes], Path]) -> None:
    content = zipped(WHOLE)
    assert content == zipped(dict(reversed(WHOLE.items())))
    assert unzipped(pack(content)) == (WHOLE, ())
    assert not list(differences(WHOLE))


def test_every_changed_byte_is_found(pack: Callable[[bytes], Path]) -> None:
    content = zipped(WHOLE)
    for place in range(4, len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        found = unzipped(pack(bytes(changed)))
        assert found.wrong or list(differences(found.files)), place


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (WHOLE | {"a.txt": b"hullo\n"}, "a.txt was changed"),
        ({name: WHOLE[name] for name in ("result.json", MANIFEST)}, "a.txt is missing"),
        (WHOLE | {"scores.parquet": b"PAR1"}, "scores.parquet is not in the manifest"),
        (FILES, f"{MANIFEST} is missing"),
        (WHOLE | {MANIFEST: b"nonsense\n"}, f"{MANIFEST} is not in its form"),
        (WHOLE | {MANIFEST: WHOLE[MANIFEST].replace(b"  a.txt", b"  ../a.txt")}, f"{MANIFEST} is not in its form"),
    ],
)
def test_differences_from_the_manifest_are_named(files: dict[str, bytes], message: str) -> None:
    assert any(line.startswith(message) for line in differences(files))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (rezipped([*WHOLE.items(), ("../evil.sh", b"x")]), "'../evil.sh' is no name of a file in a pack"),
        (rezipped([*WHOLE.items(), ("/etc/passwd", b"x")]), "'/etc/passwd' is no name"),
        (rezipped([*WHOLE.items(), ("folder/", b"")]), "'folder/' is no name"),
        (rezipped(list(WHOLE.items()), zipfile.ZIP_DEFLATED), "is compressed"),
        (rezipped([(f"f{i}", b"") for i in range(40)]), "expected at most 32 files, got 40"),
        (rezipped(list(WHOLE.items())), "zipped anew"),
        (zipped(WHOLE) + b"hidden", "holds bytes that belong to no file"),
        (zipped(WHOLE)[:-30], "the zip is damaged"),
    ],
)
def test_other_archives_are_not_trusted(content: bytes, message: str, pack: Callable[[bytes], Path]) -> None:
    assert any(message in line for line in unzipped(pack(content)).wrong)


def test_a_file_that_is_there_twice_is_found(pack: Callable[[bytes], Path]) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = rezipped([*WHOLE.items(), ("a.txt", b"other")])
    assert "'a.txt' is there twice" in unzipped(pack(content)).wrong


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", rezipped([("a", b"")]), zipped({"a.txt": b"", "b.txt": b""})],
    ids=["nothing", "a PDF", "a zip", "a zip without a manifest"],
)
def test_other_files_are_no_packs(content: bytes, pack: Callable[[bytes], Path]) -> None:
    with pytest.raises(UserError, match="expected a pack"):
        unzipped(pack(content))


def test_a_missing_file_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        unzipped(tmp_path / "absent.zip")
