"""`shared://FOLDER`: files that are reached through fsspec alone, as an object store's are; workers import it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from fsspec import register_implementation
from fsspec.implementations.local import LocalFileSystem
from torch import nn

from miaudit.datasets.base import Dataset
from miaudit.running.base import Tally
from miaudit.running.work import Work, do
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from miaudit.training.threads import one_thread


class SharedFiles(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The local file system under another name."""

    protocol: ClassVar[Any] = "shared"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return LocalFileSystem._strip_protocol(str(path).removeprefix("shared://"))


@dataclass(frozen=True)
class Linear:
    """A linear model; whoever unpickles it knows `shared://`."""

    def build(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(int(np.prod(shape)), classes))


def run_here(works: Sequence[Work], data: Dataset, store: LocalStore, *_: object, **__: object) -> Tally:
    """As `run_local`, in this process, which knows `shared://`."""
    trained = 0
    with one_thread():
        for work in works:
            trained += do(work, Records(data.x, data.y, data.classes), store)
    return Tally(trained, len(works) - trained, 0.0)


register_implementation("shared", SharedFiles, clobber=True)
