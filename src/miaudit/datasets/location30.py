"""Data set `location30`: where 5,010 people checked in, in 30 clusters."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Original, fetch, unpack, write_parquet
from miaudit.datasets._files import ensure, read_splits
from miaudit.datasets._labels import check_labels
from miaudit.datasets._tabular import from_one, read_small_numbers
from miaudit.datasets.base import About, Dataset
from miaudit.errors import UserError

BITS = 446
CLASSES = 30
ARCHIVE = Original(
    "https://github.com/privacytrustlab/datasets/raw/169de9d/dataset_location.tgz",  # one commit's, for good
    "927203f85a86",
)
INSIDE = "bangkok"  # the archive's file: labels from 1, then bits


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Location30:
    """446 binary features of Foursquare check-ins in Bangkok, 30 classes (Shokri et al. 2017)."""

    about: ClassVar[About] = About(
        records=5_010,
        classes=CLASSES,
        shape=(BITS,),
        megabytes=5,
        licence="none stated",
        source="Shokri et al. 2017, arXiv:1610.05820",
        folder="location",
        files=("all*.parquet",),
        get="get dataset_location.tgz of privacytrustlab/datasets as a table: `features` (446 bits), `label` (0-29)",
    )

    def load(self) -> Dataset:
        """All 5,010 rows, x (n, 446)."""
        table = read_splits(ensure(self.about, _download), "all", columns=["features", "label"])
        features = table["features"].combine_chunks()
        try:
            lengths = pc.unique(pc.list_value_length(features)).to_pylist()
        except pa.ArrowException:
            raise UserError(f"location30: expected {BITS} features in each row, got {features.type}") from None
        if lengths != [BITS]:
            raise UserError(f"location30: expected {BITS} features in each row, got {', '.join(map(str, lengths))}")
        y = table["label"].to_numpy().astype(np.int64)
        check_labels("location30", y, CLASSES)
        return Dataset(
            name="location30",
            x=features.flatten().to_numpy().reshape(len(table), BITS).astype(np.float32),
            y=y,
            classes=CLASSES,
        )


def _download(folder: Path) -> None:
    archive = folder / "dataset_location.tgz"
    fetch(ARCHIVE, archive)
    unpack(archive, folder)
    write_parquet(_read(folder / INSIDE), folder / "all.parquet")
    archive.unlink()
    (folder / INSIDE).unlink()


def _read(path: Path) -> pa.Table:
    rows = read_small_numbers(path, 1 + BITS)
    features = pa.FixedSizeListArray.from_arrays(pa.array(rows[:, 1:].reshape(-1)), BITS)
    return pa.table({"features": features, "label": from_one(rows[:, 0], CLASSES, path)})
