"""A zip with a manifest: the same files give the same bytes, and what is not in the manifest cannot hide in it."""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from miaudit.errors import UserError
from miaudit.messages import listed, shortened
from miaudit.reading.path import read_bytes

MANIFEST = "MANIFEST.sha256"  # in the form that sha256sum reads
SSH_SIGNATURE, MINISIGN_SIGNATURE = f"{MANIFEST}.sig", f"{MANIFEST}.minisig"
SIGNATURES = (SSH_SIGNATURE, MINISIGN_SIGNATURE)
MOST_BYTES = 2**27  # of a pack; one of 50,000 records with ten attacks has about one million
MOST_FILES = 32
WHAT = "a pack, as `miaudit pack` writes it"
LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]*)")
PERMISSIONS = 0o100644 << 16  # a file that its owner may write and everybody may read
UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Unpacked(NamedTuple):
    """The files of a pack that could be read, and all that is wrong with it as an archive."""

    files: dict[str, bytes]
    wrong: tuple[str, ...]


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of each file, one a line, by name.

    >>> manifest({"a.txt": b""})[:8]
    b'e3b0c442'
    """
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip in one form only: by name, without compression, dates or comments.

    Without compression, the bytes do not depend on a library's version, and no small archive can hold a large file.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, PERMISSIONS  # the same on every system
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def unzipped(path: Path) -> Unpacked:
    """Read a pack without trust in it: no entry is unpacked to a disk, compressed, there twice or in a folder.

    Raises:
        UserError: the file cannot be read, or is no zip with a manifest or a result.
    """
    content = read_bytes(path, WHAT, MOST_BYTES)
    if not content.startswith(b"PK\x03\x04"):
        raise UserError(f"{path}: expected {WHAT}, got something else than a zip")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            found = _read(archive)
    except UNREADABLE as error:
        return Unpacked({}, (f"the zip is damaged: {error}",))
    if not {MANIFEST, "result.json"} & found.files.keys() and not found.wrong:
        raise UserError(f"{path}: expected {WHAT}, got a zip without {MANIFEST}, of {listed(found.files)}")
    if not found.wrong and zipped(found.files) != content:
        return found._replace(wrong=("the zip holds bytes that belong to no file, or it was zipped anew",))
    return found


def _read(archive: zipfile.ZipFile) -> Unpacked:
    files: dict[str, bytes] = {}
    wrong: list[str] = []
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        return Unpacked({}, (f"expected at most {MOST_FILES} files, got {len(entries):,}",))
    for entry in entries:
        name = shortened(entry.filename)
        if entry.filename in files:
            wrong.append(f"{name} is there twice")
        elif not LINE.fullmatch(f"{'0' * 64}  {entry.filename}"):
            wrong.append(f"{name} is no name of a file in a pack")
        elif entry.compress_type != zipfile.ZIP_STORED or entry.file_size > MOST_BYTES:
            wrong.append(f"{name} is compressed, which no file of a pack is")
        else:
            try:
                files[entry.filename] = archive.read(entry)
            except UNREADABLE:
                wrong.append(f"{name} was changed: its check sum is another one")
    return Unpacked(files, tuple(wrong))


def differences(files: Mapping[str, bytes]) -> Iterator[str]:
    """Say how the files differ from their manifest; signatures are not in it."""
    if MANIFEST not in files:
        yield f"{MANIFEST} is missing"
        return
    lines = files[MANIFEST].decode("utf-8", "replace").splitlines()
    read = [LINE.fullmatch(line) for line in lines]
    known = {line[2]: line[1] for line in read if line is not None}
    if len(known) < len(lines) or MANIFEST in known:
        yield f"{MANIFEST} is not in its form"
    there = {name: content for name, content in files.items() if name not in (MANIFEST, *SIGNATURES)}
    for name in sorted(known.keys() | there.keys()):
        if name not in there:
            yield f"{name} is missing"
        elif name not in known:
            yield f"{name} is not in the manifest"
        elif hashlib.sha256(there[name]).hexdigest() != known[name]:
            yield f"{name} was changed: its SHA-256 is not that of the manifest"
