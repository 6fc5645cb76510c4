"""Data set `credit`: is a borrower a good or a bad risk? 1,000 rows of a German bank, the Statlog credit data."""

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

COLUMNS = [
    *("checking_status", "duration", "credit_history", "purpose", "credit_amount", "savings_status", "employment"),
    *("installment_commitment", "personal_status", "other_parties", "residence_since", "property_magnitude", "age"),
    *("other_payment_plans", "housing", "existing_credits", "job", "num_dependents", "own_telephone"),
    *("foreign_worker", "class"),
]
ORIGINAL = Original(
    "https://archive.ics.uci.edu/ml/machine-learning-databases/statlog/german/german.data",
    "b21f3d81db8071257d5ff1deaeba1fd4303b62712e6fcc9715c7a86202cb5871",
)


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Credit:
    """Twenty attributes, 700 good and 300 bad risks (Hofmann 1994), in the original order.

    Numbers are standardised over all rows. Categories are one-hot columns (61 features), or with
    `encoding="ordinal"` standardised codes in alphabetical order (20 features).
    """

    about: ClassVar[About] = About(
        records=1_000,
        classes=2,
        shape=(20,),
        megabytes=0.1,
        licence="CC BY 4.0",
        source="Hofmann 1994, UCI",
        folder="german_credit",
        files=("all*.parquet",),
        get="get german.data of the UCI repository as Parquet with the usual column names, `class` 1 good and 2 bad",
    )
    encoding: Encoding = Field(default="one_hot", description="encoding of the categorical attributes")

    def load(self) -> Dataset:
        """All rows, x (1,000, features)."""
        table = read_splits(ensure(self.about, _download), "all")
        label = label_column("credit", table, ("class",))
        y = text_labels("credit", table[label], ("1", "2"))
        x, names = encode_attributes(table, attributes(self.about, table, label), self.encoding)
        return Dataset(
            name="credit",
            x=x,
            y=y,
            classes=2,
            class_names=("good", "bad"),
            feature_names=names,
        )


def _download(folder: Path) -> None:
    path = folder / "german.data"
    fetch(ORIGINAL, path)
    write_parquet(_read(path), folder / "all.parquet")
    path.unlink()


def _read(path: Path) -> pa.Table:
    """Read the UCI file, whose values are separated by spaces and which has no header."""
    return pyarrow.csv.read_csv(
        path, pyarrow.csv.ReadOptions(column_names=COLUMNS), pyarrow.csv.ParseOptions(delimiter=" ")
    )
