"""Data set `fashion_mnist`: 70,000 pictures of clothes."""

from typing import ClassVar

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Hub
from miaudit.datasets._images import NORMALISE, Channels, load_shards
from miaudit.datasets.base import About, Dataset

CHANNELS = Channels((0.2860,), (0.3530,))
HUB = Hub("zalando-datasets/fashion_mnist")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class FashionMnist:
    """28 x 28 grey, 7,000 a class (Xiao et al. 2017); the 60,000 training images, then the 10,000 test images."""

    about: ClassVar[About] = About(
        records=70_000,
        classes=10,
        shape=(1, 28, 28),
        megabytes=36,
        licence="MIT",
        source="Xiao et al. 2017, arXiv:1708.07747",
        folder="fashion_mnist",
        files=("train*.parquet", "test*.parquet"),
        get=HUB.by_hand,
    )
    normalise: bool = Field(default=False, description=NORMALISE)

    def load(self) -> Dataset:
        """All 70,000 images, x (n, 1, 28, 28)."""
        return load_shards("fashion_mnist", self.about, CHANNELS if self.normalise else None, HUB.download)
