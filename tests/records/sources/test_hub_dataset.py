"""With a stand-in that has what data sets of the library `datasets` have."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image

from miaudit.errors import UserError
from miaudit.records.reading import unheard
from miaudit.records.sources.base import source_of
from miaudit.records.sources.hub_dataset import HubDataset


@dataclass(frozen=True)
class ClassLabel:
    names: list[str]


@dataclass(frozen=True)
class Hub:
    columns: dict[str, list[Any]]
    features: dict[str, Any]

    @property
    def column_names(self) -> list[str]:
        return list(self.columns)

    @property
    def num_rows(self) -> int:
        return len(next(iter(self.columns.values())))

    def with_format(self, kind: str) -> "Hub":
        raise NotImplementedError

    def __getitem__(self, rows: slice) -> dict[str, list[Any]]:
        return {name: values[rows] for name, values in self.columns.items()}


def hub(**columns: list[Any]) -> Hub:
    return Hub({**columns, "label": [0, 1]}, {**dict.fromkeys(columns), "label": ClassLabel(["neg", "pos"])})


def test_texts_with_the_names_of_their_classes() -> None:
    data, told = hub(text=["good", "bad"]), []
    assert source_of(data) is HubDataset
    read = HubDataset.read("members", data, lambda *each: told.append(each))
    assert (read.x, read.y, read.class_names) == (["good", "bad"], [0, 1], ("neg", "pos"))
    assert told == [("reading members", 2, 2)]


def test_token_ids_are_several_inputs() -> None:
    x = HubDataset.read("members", hub(input_ids=[[1, 2], [3, 4]], mask=[[1, 1], [1, 0]]), unheard).x
    assert {name: values.tolist() for name, values in x.items()} == {
        "input_ids": [[1, 2], [3, 4]],
        "mask": [[1, 1], [1, 0]],
    }
    assert x["input_ids"].dtype == np.int64


def test_images_and_tables() -> None:
    pictures = [Image.fromarray(np.full((2, 3, 3), level, dtype=np.uint8)) for level in (0, 255)]
    x = HubDataset.read("members", hub(image=pictures), unheard).x
    assert (x.shape, x[1].min(), x[0].max()) == ((2, 3, 2, 3), 1.0, 0.0)
    assert HubDataset.read("members", hub(age=[1, 2], town=["Ulm", None]), unheard).x.column_names == ["age", "town"]


def test_what_cannot_be_read_is_told() -> None:
    with pytest.raises(UserError, match="members: expected a column called one of label, labels"):
        HubDataset.read("members", Hub({"text": ["a"]}, {"text": None}), unheard)
    with pytest.raises(UserError, match="members, column ids: expected records of one shape"):
        HubDataset.read("members", hub(ids=[[1], [1, 2]]), unheard)
    with pytest.raises(UserError, match="got arrays in ids and single values in age"):
        HubDataset.read("members", hub(ids=[[1], [2]], age=[1, 2]), unheard)
