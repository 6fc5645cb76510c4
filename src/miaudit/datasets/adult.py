"""Data set `adult`: does a person earn over 50,000 dollars a year? 48,842 rows of the 1994 US census."""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.datasets._files import read_split
from miaudit.datasets.base import Dataset

SOURCE = "get the Adult data set of the UCI repository (adult.data, adult.test)"
TARGET = ("income", "class", "label", "target", "salary")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Adult:
    """Fourteen attributes, two classes (Becker & Kohavi 1996); train and test rows in their order.

    Numbers are standardised over all rows. Categories are one-hot columns (108 features), or with
    `encoding="ordinal"` standardised codes in alphabetical order (14 features). A missing value is a category.
    """

    encoding: Literal["one_hot", "ordinal"] = Field(default="one_hot", description="of the categorical attributes")

    def load(self) -> Dataset:
        """All rows, x (48,842, features)."""
        table = pa.concat_tables([read_split("adult", split, SOURCE) for split in ("train", "test")])
        label = next(name for name in reversed(table.column_names) if name.lower() in TARGET)
        y = np.asarray(pc.equal(table[label], ">50K"))
        columns = [self._encode(table[name], name) for name in table.column_names if name != label]
        return Dataset(
            name="adult",
            x=np.concatenate([values for values, _ in columns], axis=1).astype(np.float32),
            y=y.astype(np.int64),
            classes=2,
            class_names=("<=50K", ">50K"),
            feature_names=tuple(name for _, names in columns for name in names),
        )

    def _encode(self, column: pa.ChunkedArray, name: str) -> tuple[Floats, list[str]]:
        if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
            return _standardised(column.to_numpy()[:, None]), [name]
        values = np.asarray(column.fill_null("missing").to_pylist())
        categories, codes = np.unique(values, return_inverse=True)
        if self.encoding == "ordinal":
            return _standardised(codes[:, None].astype(np.float64)), [name]
        return np.eye(len(categories))[codes], [f"{name}={category}" for category in categories]


def _standardised(values: Floats) -> Floats:
    return (values - values.mean(axis=0)) / values.std(axis=0)
