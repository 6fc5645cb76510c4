"""Data set `location30`: where 5,010 people checked in, in 30 clusters."""

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.datasets._files import read_split
from miaudit.datasets.base import Dataset

SOURCE = "get dataset_location.tgz of Shokri et al. 2017 as a table of `features` (446 bits) and `label` (0-29)"


@dataclass(frozen=True, kw_only=True)
class Location30:
    """446 binary features of Foursquare check-ins in Bangkok, 30 classes (Shokri et al. 2017)."""

    def load(self) -> Dataset:
        """All 5,010 rows, x (n, 446)."""
        table = read_split("location", "all", SOURCE)
        features = table["features"].combine_chunks()
        return Dataset(
            name="location30",
            x=features.flatten().to_numpy().reshape(len(table), -1).astype(np.float32),
            y=table["label"].to_numpy().astype(np.int64),
            classes=30,
        )
