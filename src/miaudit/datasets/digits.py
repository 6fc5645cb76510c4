"""Data set `digits`: 1,797 real handwritten digits, shipped with scikit-learn."""

from typing import ClassVar

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass
from sklearn.datasets import load_digits

from miaudit.datasets.base import About, Dataset


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Digits:
    """8 x 8 grey images of ten digits (Alpaydin & Kaynak 1998, UCI), in [0, 1]; no download."""

    about: ClassVar[About] = About(
        records=1_797,
        classes=10,
        shape=(1, 8, 8),
        megabytes=0.1,
        licence="CC BY 4.0",
        source="Alpaydin & Kaynak 1998, UCI",
        get="nothing to get: it comes with scikit-learn",
    )

    def load(self) -> Dataset:
        """All 1,797 records, x (n, 1, 8, 8)."""
        bunch = load_digits()
        return Dataset(
            name="digits",
            x=(bunch.images[:, None] / 16).astype(np.float32),
            y=bunch.target.astype(np.int64),
            classes=10,
            class_names=tuple(str(digit) for digit in range(10)),
        )
