"""Data set `texas100`: the hospital stays of 67,330 people, by the procedure they had."""

from typing import ClassVar

import numpy as np
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.datasets._files import ensure
from miaudit.datasets._tabular import from_one, read_small_numbers
from miaudit.datasets.base import About, Dataset
from miaudit.errors import UserError

BITS = 6_169
CLASSES = 100
FEATURES = "**/100/feats"
LABELS = "**/100/labels"


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Texas100:
    """6,169 binary features of discharges, the 100 most frequent procedures as classes (Shokri et al. 2017).

    All of it takes 2.1 GB of memory while it is read, 1.7 GB after.
    """

    about: ClassVar[About] = About(
        records=67_330,
        classes=CLASSES,
        shape=(BITS,),
        megabytes=831,
        licence="none stated",
        source="Shokri et al. 2017, arXiv:1610.05820",
        folder="texas100",
        files=(FEATURES, LABELS),
        get="unpack dataset_texas.tgz of https://github.com/privacytrustlab/datasets (no checksum is known)",
    )

    def load(self) -> Dataset:
        """All rows, x (n, 6,169): bits in one file, labels from 1 to 100 in the other."""
        folder = ensure(self.about)
        features, labels = next(folder.glob(FEATURES)), next(folder.glob(LABELS))
        x = read_small_numbers(features, BITS).astype(np.float32)
        y = from_one(read_small_numbers(labels, 1)[:, 0], CLASSES, labels)
        if len(x) != len(y):
            raise UserError(f"{folder}: expected a label for each record, got {len(x):,} records and {len(y):,} labels")
        return Dataset(name="texas100", x=x, y=y, classes=CLASSES)
