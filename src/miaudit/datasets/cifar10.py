"""Data set `cifar10`: 60,000 colour photographs of ten kinds of animals and vehicles."""

from typing import ClassVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Hub
from miaudit.datasets._images import NORMALISE, Channels, load_shards
from miaudit.datasets.base import About, Dataset

CHANNELS = Channels((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
HUB = Hub("uoft-cs/cifar10", image="img")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Cifar10:
    """32 x 32 RGB, 6,000 a class (Krizhevsky 2009); the 50,000 training images, then the 10,000 test images."""

    about: ClassVar[About] = About(
        records=60_000,
        classes=10,
        shape=(3, 32, 32),
        megabytes=144,
        licence="none stated",
        source="Krizhevsky 2009",
        folder="cifar10",
        files=("train*.parquet", "test*.parquet"),
        get=HUB.by_hand,
    )
    normalise: bool = Field(default=False, description=NORMALISE)

    def load(self) -> Dataset:
        """All 60,000 images, x (n, 3, 32, 32)."""
        return load_shards("cifar10", self.about, CHANNELS if self.normalise else None, HUB.download)
