"""Data set `cinic10`: 270,000 colour photographs, from CIFAR-10 and ImageNet, of CIFAR-10's ten classes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Original, fetch, unpack
from miaudit.datasets._files import ensure
from miaudit.datasets._images import BATCH, NORMALISE, Channels, as_dataset, decoded
from miaudit.datasets.base import About, Dataset
from miaudit.errors import UserError

CHANNELS = Channels((0.47889522, 0.47227842, 0.43047404), (0.24205776, 0.23828046, 0.25874835))
ARCHIVE = Original(
    "https://datashare.ed.ac.uk/bitstream/handle/10283/3192/CINIC-10.tar.gz", "6ee4d0c996905fe93221de577967a372", "md5"
)
SPLITS = ("train", "valid", "test")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Cinic10:
    """32 x 32 RGB, 9,000 a class in each of three splits (Darlow et al. 2018): train, then valid, then test.

    Within a split by class, then by file name. All of it takes 3.3 GB of memory.
    """

    about: ClassVar[About] = About(
        records=270_000,
        classes=10,
        shape=(3, 32, 32),
        megabytes=688,
        licence="CC BY 4.0",
        source="Darlow et al. 2018, arXiv:1810.03505",
        folder="cinic10",
        files=tuple(f"{split}/*/*.png" for split in SPLITS),
        get="unpack CINIC-10.tar.gz from https://doi.org/10.7488/ds/2448 (folders train, valid and test)",
    )
    normalise: bool = Field(default=False, description=NORMALISE)

    def load(self) -> Dataset:
        """All 270,000 images, x (n, 3, 32, 32)."""
        folder = ensure(self.about, _download)
        class_names = _class_names(folder)
        paths = [sorted((folder / split / class_name).glob("*.png")) for split in SPLITS for class_name in class_names]
        y = np.repeat(np.tile(np.arange(len(class_names)), len(SPLITS)), [len(part) for part in paths])
        images = [path for part in paths for path in part]
        pixels = decoded(f"cinic10-{_digest(folder, images)}", len(images), self.about, _read(images))
        return as_dataset("cinic10", self.about, pixels, y, CHANNELS if self.normalise else None, class_names)


def _class_names(folder: Path) -> tuple[str, ...]:
    found = [tuple(sorted(path.name for path in (folder / split).iterdir() if path.is_dir())) for split in SPLITS]
    if len(set(found)) > 1:
        raise UserError(f"{folder}: expected the same class folders in {', '.join(SPLITS)}, got {found}")
    return found[0]


def _read(paths: list[Path]) -> Iterator[list[bytes]]:
    for start in range(0, len(paths), BATCH):
        yield [path.read_bytes() for path in paths[start : start + BATCH]]


def _digest(folder: Path, paths: list[Path]) -> str:
    """Name the files by path, size and time, since reading them all would take as long as decoding them."""
    stats = ((path, path.stat()) for path in paths)
    text = "\n".join(f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _download(folder: Path) -> None:
    archive = folder / "CINIC-10.tar.gz"
    fetch(ARCHIVE, archive)
    unpack(archive, folder)
    archive.unlink()
