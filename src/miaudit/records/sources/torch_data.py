"""Source `torch_data`: a torch Dataset or DataLoader that gives pairs (x, y)."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from miaudit.errors import UserError
from miaudit.guard import as_array
from miaudit.messages import listed
from miaudit.records.reading import Told
from miaudit.records.sources.base import Source

BATCH = 256
LABELS = ("label", "labels", "target", "targets", "y")  # what records that are dicts call their label


class TorchData:
    """Reads every record once, in the order of the data set, whatever order a loader would draw.

    Whatever is random in it, such as the augmentation of images, is drawn once.
    """

    @staticmethod
    def accepts(given: Any) -> bool:
        """Is it a Dataset, a Subset or a DataLoader?"""
        torch = sys.modules.get("torch")  # whoever has such an object has imported torch
        data = torch and sys.modules.get("torch.utils.data")
        return data is not None and isinstance(given, data.Dataset | data.DataLoader)

    @staticmethod
    def read(name: str, given: Any, progress: Told) -> Source:
        """All batches behind one another; raises UserError where a record is no pair, or records differ in shape."""
        loader = _in_order(given)
        total = _size(loader.dataset)
        pairs, done = [], 0
        try:
            for batch in loader:
                pairs.append(_pair(name, batch))
                done += len(pairs[-1][1])
                progress(f"reading {name}", done, max(total, done))
        except UserError:
            raise
        except Exception as error:  # whatever somebody else's data set raises
            raise UserError(f"{name}: the data set failed at record {done:,} or after: {error}") from error
        if not pairs:
            raise UserError(f"{name}: expected records, got a data set without any")
        xs, ys = zip(*pairs, strict=True)
        return Source(_joined(name, xs), np.concatenate(ys))


def _in_order(given: Any) -> Any:
    """A loader of all records in their order, which makes batches as the given one does."""
    from torch.utils.data import DataLoader, IterableDataset

    if not isinstance(given, DataLoader):
        return DataLoader(given, batch_size=BATCH)
    if isinstance(given.dataset, IterableDataset):
        return given
    return DataLoader(given.dataset, batch_size=given.batch_size or BATCH, collate_fn=given.collate_fn)


def _size(data: Any) -> int:
    try:
        return len(data)
    except TypeError:  # a stream
        return 0


def _pair(name: str, batch: Any) -> tuple[Any, Any]:
    """Features and labels (b,) of a batch."""
    if isinstance(batch, Mapping):
        label = next((key for key in LABELS if key in batch), None)
        if label is None:
            raise UserError(f"{name}: expected a label under one of {listed(LABELS)}, got {listed(map(str, batch))}")
        others = {key: _plain(value) for key, value in batch.items() if key != label}
        return (next(iter(others.values())) if len(others) == 1 else others), _plain(batch[label])
    if not isinstance(batch, Sequence) or len(batch) < 2:
        raise UserError(
            f"{name}: expected a data set of pairs (x, y), got records of type {type(batch).__name__}; give x and y"
        )
    *inputs, y = batch
    return (_plain(inputs[0]) if len(inputs) == 1 else tuple(map(_plain, inputs))), _plain(y)


def _plain(value: Any) -> Any:
    """Arrays in place of tensors, within dicts and tuples too; texts as they are."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple) and value and not isinstance(value[0], str | int | float):
        return tuple(map(_plain, value))
    return as_array(value) if hasattr(value, "detach") else value


def _joined(name: str, parts: Sequence[Any]) -> Any:
    """The features of all batches."""
    first = parts[0]
    if isinstance(first, Mapping):
        return {key: _joined(name, [part[key] for part in parts]) for key in first}
    if isinstance(first, tuple) and first and not isinstance(first[0], str):
        return tuple(_joined(name, each) for each in zip(*parts, strict=True))
    if isinstance(first, list | tuple):
        return list(_chained(parts))
    if len({part.shape[1:] for part in parts}) > 1:
        raise UserError(
            f"{name}: expected records of one shape, got {listed(sorted({str(p.shape[1:]) for p in parts}))}"
        )
    return np.concatenate(parts)


def _chained(parts: Sequence[Any]) -> Iterator[Any]:
    for part in parts:
        yield from part
