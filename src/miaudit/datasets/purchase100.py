"""Data set `purchase100`: what 197,324 people bought, in 100 clusters."""

from typing import ClassVar

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.datasets._files import ensure
from miaudit.datasets._tabular import from_one, read_small_numbers
from miaudit.datasets.base import About, Dataset

BITS = 600
CLASSES = 100
FILE = "**/dataset_purchase"


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Purchase100:
    """600 binary features, one a product, of Acquire Valued Shoppers; 100 classes by k-means (Shokri et al. 2017)."""

    about: ClassVar[About] = About(
        records=197_324,
        classes=CLASSES,
        shape=(BITS,),
        megabytes=237,
        licence="none stated",
        source="Shokri et al. 2017, arXiv:1610.05820",
        folder="purchase100",
        files=(FILE,),
        get="unpack dataset_purchase.tgz of https://github.com/privacytrustlab/datasets (no checksum is known)",
    )

    def load(self) -> Dataset:
        """All rows, x (n, 600): the file has the label, 1 to 100, and then the bits."""
        path = next(ensure(self.about).glob(FILE))
        rows = read_small_numbers(path, 1 + BITS)
        return Dataset(
            name="purchase100",
            x=rows[:, 1:].astype(np.float32),
            y=from_one(rows[:, 0], CLASSES, path),
            classes=CLASSES,
        )
