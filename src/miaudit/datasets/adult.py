"""Data set `adult`: does a person earn over 50,000 dollars a year? 48,842 rows of the 1994 US census."""

from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.csv
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.datasets._download import Original, fetch, write_parquet
from miaudit.datasets._files import attributes, ensure, read_splits
from miaudit.datasets._labels import label_column, text_labels
from miaudit.datasets._tabular import Encoding, encode_attributes
from miaudit.datasets.base import About, Dataset

CLASSES = ("<=50K", ">50K")
TARGET = ("income", "class", "label", "target", "salary")
COLUMNS = [
    *("age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship"),
    *("race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"),
]
UCI = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult"
ORIGINALS = {
    "train": Original(f"{UCI}/adult.data", "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"),
    "test": Original(f"{UCI}/adult.test", "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"),
}


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Adult:
    """Fourteen attributes, two classes (Becker & Kohavi 1996); train and test rows in their order.

    Numbers are standardised over all rows. Categories are one-hot columns (108 features), with
    `encoding="one_hot_standardised"` these standardised as well, or with `encoding="ordinal"` standardised codes in
    alphabetical order (14 features). A missing value is a category.
    """

    about: ClassVar[About] = About(
        records=48_842,
        classes=2,
        shape=(14,),
        megabytes=6,
        licence="CC BY 4.0",
        source="Becker & Kohavi 1996, UCI",
        folder="adult",
        files=("train*.parquet", "test*.parquet"),
        get="get adult.data and adult.test of the UCI repository as Parquet with their column names, ? as null",
    )
    encoding: Encoding = Field(default="one_hot", description="encoding of the categorical attributes")

    def load(self) -> Dataset:
        """All rows, x (48,842, features)."""
        table = read_splits(ensure(self.about, _download), "train", "test")
        label = label_column("adult", table, TARGET)
        y = text_labels("adult", table[label], CLASSES)
        x, names = encode_attributes(table, attributes(self.about, table, label), self.encoding)
        return Dataset(
            name="adult",
            x=x,
            y=y,
            classes=2,
            class_names=CLASSES,
            feature_names=names,
        )


def _download(folder: Path) -> None:
    for split, original in ORIGINALS.items():
        path = folder / f"adult-{split}.csv"
        fetch(original, path)
        write_parquet(_read(path), folder / f"{split}.parquet")
        path.unlink()


def _read(path: Path) -> pa.Table:
    """The UCI file: spaces after commas, ? for missing; the test file has a line above and full stops after labels."""
    lines = path.read_text(encoding="ascii").replace(", ", ",").splitlines()
    rows = "\n".join(line.removesuffix(".") for line in lines if line and not line.startswith("|"))
    return pyarrow.csv.read_csv(
        pa.BufferReader(rows.encode()),
        pyarrow.csv.ReadOptions(column_names=COLUMNS),
        convert_options=pyarrow.csv.ConvertOptions(null_values=["?"], strings_can_be_null=True),
    )
