"""The result of reading a file of evidence."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from miaudit.evidence.io.assemble import LoadedEvidence
from miaudit.evidence.io.source import Pinned
from miaudit.evidence.io.understood import Understood

Note = Callable[[str], None]


def unheard(sentence: str) -> None:
    """Ignore a note on how a file was read."""


@dataclass(frozen=True, eq=False)
class Opened:
    """Evidence from a file, and the hash of the content that was read."""

    loaded: LoadedEvidence
    digest: str  # SHA-256
    pinned: Pinned | None = None  # the file, where outputs are still read from it
    understood: Understood | None = None  # the meaning of a table's columns
    further: dict[str, npt.NDArray[Any]] = field(default_factory=dict)  # columns of a table that are kept, each (n,)
    class_names: tuple[str, ...] = ()  # (C,); none where classes are numbered from 0
