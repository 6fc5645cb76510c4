from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset

from miaudit.errors import UserError
from miaudit.records.reading import unheard
from miaudit.records.sources.base import source_of
from miaudit.records.sources.torch_data import TorchData

X, Y = torch.arange(6.0)[:, None], torch.tensor([0, 1, 0, 1, 0, 1])


class Items(Dataset[Any]):
    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> Any:
        return self.items[place]


class Stream(IterableDataset[Any]):
    def __iter__(self) -> Iterator[Any]:
        return zip(X, Y, strict=True)


@pytest.mark.parametrize(
    "given",
    [
        TensorDataset(X, Y),
        Subset(TensorDataset(X, Y), range(6)),
        DataLoader(TensorDataset(X, Y), batch_size=4, shuffle=True, drop_last=True),
        DataLoader(Stream(), batch_size=4),
        Stream(),
        Items([{"x": x, "label": y} for x, y in zip(X, Y, strict=True)]),
    ],
)
def test_all_records_in_their_order(given: Any) -> None:
    assert source_of(given) is TorchData
    read = TorchData.read("members", given, unheard)
    assert read.x.tolist() == X.tolist()
    assert read.y.tolist() == Y.tolist()


def test_several_inputs_and_texts() -> None:
    pairs = TorchData.read("members", TensorDataset(X, X.long(), Y), unheard)
    assert [part.dtype for part in pairs.x] == [np.float32, np.int64]
    named = TorchData.read(
        "members", Items([{"ids": x, "mask": x > 2, "labels": y} for x, y in zip(X, Y, strict=True)]), unheard
    )
    assert set(named.x) == {"ids", "mask"}
    assert TorchData.read("members", Items([("a", 0), ("b", 1)]), unheard).x == ["a", "b"]


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], "got a data set without any"),
        ([torch.zeros(2)] * 2, "expected a data set of pairs"),
        ([{"x": torch.zeros(2)}], "expected a label under one of label, labels"),
        ([(torch.zeros(2), 0), (torch.zeros(3), 1)], "the data set failed at record 0 or after"),
    ],
)
def test_what_is_no_such_data_is_told(items: list[Any], said: str) -> None:
    with pytest.raises(UserError, match=f"members: .*{said}"):
        TorchData.read("members", Items(items), unheard)
