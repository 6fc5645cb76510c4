"""Data set `mnist`: 70,000 handwritten digits."""

from typing import ClassVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Hub
from miaudit.datasets._images import NORMALISE, Channels, load_shards
from miaudit.datasets.base import About, Dataset

CHANNELS = Channels((0.1307,), (0.3081,))
HUB = Hub("ylecun/mnist")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Mnist:
    """28 x 28 grey (LeCun et al. 1998); the 60,000 training images, then the 10,000 test images."""

    about: ClassVar[About] = About(
        records=70_000,
        classes=10,
        shape=(1, 28, 28),
        megabytes=18,
        licence="none stated",
        source="LeCun et al. 1998",
        folder="mnist",
        files=("train*.parquet", "test*.parquet"),
        get=HUB.by_hand,
    )
    normalise: bool = Field(default=False, description=NORMALISE)

    def load(self) -> Dataset:
        """All 70,000 images, x (n, 1, 28, 28)."""
        return load_shards("mnist", self.about, CHANNELS if self.normalise else None, HUB.download)
