"""Gets data sets from where their makers put them, whole or not at all."""

import hashlib
import importlib
import logging
import secrets
import shutil
import tarfile
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.errors import UserError
from miaudit.files import PART, whole

TIMEOUT = 60.0  # seconds without a byte
BLOCK = 2**20

logger = logging.getLogger("miaudit")


class Original(NamedTuple):
    """A file at an address, and the checksum that tells it from others."""

    url: str
    digest: str  # hexadecimal; its first digits are enough
    algorithm: str = "sha256"


def fetch(original: Original, path: Path) -> None:
    """Download a file; raises UserError where the address does not answer or gives another file."""
    logger.warning("downloading %s to %s", original.url, path)
    digest = hashlib.new(original.algorithm, usedforsecurity=False)
    try:
        with (
            whole(path) as part,
            urllib.request.urlopen(original.url, timeout=TIMEOUT) as answer,  # noqa: S310  # our own addresses
            part.open("wb") as file,
        ):
            while block := answer.read(BLOCK):
                digest.update(block)
                file.write(block)
            _check(original, digest.hexdigest())
    except (OSError, HTTPException) as error:
        raise UserError(f"{original.url}: {error}") from None


def _check(original: Original, got: str) -> None:
    if not got.startswith(original.digest):
        raise UserError(f"{original.url}: expected {original.algorithm} {original.digest}, got {got}")


def unpack(archive: Path, folder: Path) -> None:
    """The content of a tar archive, in a folder once all is unpacked, in the place of what had the same names there.

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
