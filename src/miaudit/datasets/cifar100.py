"""Data set `cifar100`: 60,000 colour photographs of a hundred kinds of things."""

from typing import ClassVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Hub
from miaudit.datasets._images import NORMALISE, Channels, load_shards
from miaudit.datasets.base import About, Dataset

CHANNELS = Channels((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762))
HUB = Hub("uoft-cs/cifar100", image="img", label="fine_label")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Cifar100:
    """32 x 32 RGB, 600 a class, fine labels (Krizhevsky 2009); training images, then test images.

    Some images are there twice, also across the splits and under different labels.
    """

    about: ClassVar[About] = About(
        records=60_000,
        classes=100,
        shape=(3, 32, 32),
        megabytes=142,
        licence="none stated",
        source="Krizhevsky 2009",
        folder="cifar100",
        files=("train*.parquet", "test*.parquet"),
        get=HUB.by_hand,
    )
    normalise: bool = Field(default=False, description=NORMALISE)

    def load(self) -> Dataset:
        """All 60,000 images, x (n, 3, 32, 32)."""
        return load_shards("cifar100", self.about, CHANNELS if self.normalise else None, HUB.download)
