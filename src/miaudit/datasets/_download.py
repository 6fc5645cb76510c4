"""Downloads data sets from their makers' sites, whole or not at all."""

import hashlib
import importlib
import logging
import secrets
import shutil
import tarfile
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.errors import UserError
from miaudit.files import PART, whole

TIMEOUT = 60.0  # seconds without a byte
PAUSES = (1.0, 5.0, 20.0)  # seconds before each further try
BLOCK = 2**20

logger = logging.getLogger("miaudit")


class Original(NamedTuple):
    """A file at an address, and the checksum that it must have."""

    url: str
    digest: str  # hexadecimal; its first digits are enough
    algorithm: str = "sha256"


def fetch(original: Original, path: Path) -> None:
    """Download a file; a connection that breaks off is tried again, and goes on where it stopped.

    Raises:
        UserError: the address does not answer, refuses, or gives another file.
    """
    try:
        with whole(path) as part:
            for pause in (*PAUSES, None):
                try:
                    _receive(original.url, part)
                    break
                except (OSError, HTTPException) as error:
                    if pause is None or _is_final(error):
                        raise
                    logger.warning("%s: %s; trying again in %g s", original.url, error, pause)
                    time.sleep(pause)
            _check(original, part)
    except (OSError, HTTPException) as error:
        raise UserError(f"{original.url}: {error}") from None


def _receive(url: str, part: Path) -> None:
    """Append what is missing of a file; raises OSError or HTTPException where it breaks off."""
    there = part.stat().st_size if part.exists() else 0
    asked = urllib.request.Request(url, headers={"Range": f"bytes={there}-"} if there else {})  # noqa: S310  # our own
    with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310
        start = there if answer.status == HTTPStatus.PARTIAL_CONTENT else 0  # some servers always begin anew
        length = answer.headers.get("Content-Length")
        total = None if length is None else start + int(length)
        size = "" if total is None else f" ({total / 1e6:,.1f} MB)"
        logger.warning("downloading %s%s to %s", url, size, part.parent)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            shutil.copyfileobj(answer, file, BLOCK)
            received = file.tell()
    if total is not None and received < total:
        raise ConnectionError(f"the connection was closed after {received:,} of {total:,} bytes")


def _is_final(error: OSError | HTTPException) -> bool:
    """Would another try fail in the same way, since the server refuses or the disk is full?"""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    return not isinstance(error, HTTPException | urllib.error.URLError | ConnectionError | TimeoutError)


def _check(original: Original, path: Path) -> None:
    with path.open("rb") as file:
        got = hashlib.file_digest(file, lambda: hashlib.new(original.algorithm, usedforsecurity=False)).hexdigest()
    if not got.startswith(original.digest):
        raise UserError(f"{original.url}: expected {original.algorithm} {original.digest}, got {got}")


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar archive into a folder; files appear there, in place of any of the same names, once all are unpacked.

    Raises:
        UserError: it is no archive, or cannot be unpacked there.
    """
    part = folder / f"{archive.name}.{secrets.token_hex(8)}{PART}"
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(part, filter="data")
        for entry in part.iterdir():
            if (folder / entry.name).is_dir():  # a folder is not replaced by another
                shutil.rmtree(folder / entry.name)
            entry.replace(folder / entry.name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UserError(f"{archive} cannot be unpacked: {error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_parquet(table: pa.Table, path: Path) -> None:
    """A table as a file that appears whole or not at all; raises UserError with the system's reason."""
    try:
        with whole(path) as part:
            pq.write_table(table, part, compression="zstd")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from None


class Hub(NamedTuple):
    """A data set of images on the Hugging Face hub."""

    name: str
    image: str = "image"  # columns there
    label: str = "label"
    splits: tuple[str, ...] = ("train", "test")

    @property
    def by_hand(self) -> str:
        """What to do without the hub's client."""
        splits = " and ".join(self.splits)
        return f"get {splits} of {self.name} (Hugging Face hub) as Parquet with columns `image` and `label`"

    def download(self, folder: Path) -> None:
        """Write `<split>.parquet` with columns `image` (encoded) and `label`; raises UserError."""
        try:
            hub = importlib.import_module("datasets")
            load, decode_nothing = hub.load_dataset, hub.Image(decode=False)
        except (ImportError, AttributeError):  # a folder of that name imports too, and is empty
            raise UserError("that needs the extra `hub`: pip install 'miaudit[hub]'") from None
        logger.warning("downloading %s from the Hugging Face hub to %s", self.name, folder)
        try:
            for split in self.splits:
                data = load(self.name, split=split).select_columns([self.image, self.label])
                names = {self.image: "image", self.label: "label"}
                data = data.rename_columns({old: new for old, new in names.items() if old != new})
                with whole(folder / f"{split}.parquet") as part:
                    data.cast_column("image", decode_nothing).to_parquet(str(part))
        except Exception as error:  # whatever the hub's client raises, the answer is the same
            raise UserError(f"{self.name}: {error}") from error
