"""The manifest of a folder: the SHA-256 of files that belong together, so that a mixture of two results is noticed."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from miaudit.errors import UserError
from miaudit.reading.json_file import read_json

MANIFEST = "manifest.json"
WHAT = "the manifest of an audit's folder"


def write_manifest(folder: Path, apart: Iterable[str] = ()) -> Path:
    """Write the hashes of all files of the folder but those `apart`; raises OSError as the system gives it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in (*apart, MANIFEST))
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps({"sha256": {path.name: sha256(path) for path in files}}, indent=1) + "\n")
    return manifest


def check_together(folder: Path, names: Iterable[str]) -> None:
    """Raise UserError where one of these files is not the one that the manifest names.

    Folders of older versions have no manifest and pass. So do missing files.
    """
    path = folder / MANIFEST
    if not path.exists():
        return
    content = read_json(path, WHAT)
    known = content.get("sha256") if isinstance(content, dict) else None
    if not isinstance(known, dict):
        raise UserError(f"{path}: expected the hashes of files, got something else; run the audit again")
    for name in names:
        if (folder / name).is_file() and known.get(name) != sha256(folder / name):
            raise UserError(
                f"{folder / name} is not the file that {MANIFEST} names: it was changed, or an audit was killed while "
                "it replaced the files of an earlier one; run the audit again"
            )


def sha256(path: Path) -> str:
    """Hexadecimal digest of a file; raises UserError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
