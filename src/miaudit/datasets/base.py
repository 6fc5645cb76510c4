"""The type of a data set."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Ids, Ints
from miaudit.data_root import data_root
from miaudit.features.base import Features, Inputs, tells_apart
from miaudit.fingerprint import fingerprint


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled records, held once and addressed by row."""

    name: str
    x: Inputs  # (n, features) or (n, channels, height, width), float32; or `Features` in another form
    y: Ints  # (n,) 0-based classes
    classes: int  # C
    ids: Ints | None = None  # (n,) the records' own ids; else their rows
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    names: Ids | None = None  # (n,) what the user calls the records, where that is not `ids`
    positions: Ints | None = None  # (n,) where the records stood in what the user gave; else their rows
    truth: npt.NDArray[Any] | None = None  # (n, ...) what a model that is no classifier should say; y is then 0
    further: dict[str, npt.NDArray[Any]] = field(default_factory=dict)  # columns (n,) that no model reads

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of records and labels: what a model trained on it depends on."""
        told = (
            self.x.content if isinstance(self.x, Features) else np.asarray(self.x),
            np.asarray(self.y),
            self.classes,
        )
        return fingerprint(*told) if self.truth is None else fingerprint(*told, self.truth)

    @property
    def record_ids(self) -> Ids:
        """(n,) what the user calls the records, the rows where the data has no ids."""
        if self.names is not None:
            return self.names
        return np.arange(len(self)) if self.ids is None else self.ids

    @property
    def record_positions(self) -> Ints:
        """Positions (n,) of the records in what the user gave."""
        return np.arange(len(self)) if self.positions is None else self.positions

    def class_name(self, label: int) -> str:
        """What a class is called; its number where the classes have no names."""
        return self.class_names[label] if label < len(self.class_names) else str(label)

    def column(self, name: str) -> npt.NDArray[Any] | None:
        """(n,) values of a column by its name; None where there is none.

        That is one beside the features, a feature, or text of which features `name=value` were made.
        """
        if name in self.further:
            return self.further[name]
        if isinstance(self.x, Features) or self.x.ndim != 2:
            return None
        if name in self.feature_names:
            return np.asarray(self.x[:, self.feature_names.index(name)])
        made = [place for place, feature in enumerate(self.feature_names) if feature.startswith(f"{name}=")]
        values = np.array([self.feature_names[place].removeprefix(f"{name}=") for place in made])
        return values[self.x[:, made].argmax(axis=1)] if made else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names that `column` knows."""
        named = () if isinstance(self.x, Features) or self.x.ndim != 2 else self.feature_names
        return tuple(dict.fromkeys([*self.further, *(name.partition("=")[0] for name in named)]))

    @cached_property
    def tells_records_apart(self) -> bool:
        """Do features tell records apart? False where there are none, or the same placeholder for every record."""
        return tells_apart(self.x)


class About(NamedTuple):
    """What is known about a data set before it is read; None where it depends on the user's file."""

    records: int | None
    classes: int | None
    shape: tuple[int, ...] | None  # of one record; each category counts as one attribute
    megabytes: float  # approximate size of the original files
    licence: str  # as stated by its makers
    source: str  # who made it
    folder: str = ""  # below the data root; none where no files are needed
    files: tuple[str, ...] = ()  # patterns in the folder, each of at least one file
    get: str = ""  # what to do for a copy by hand


def is_on_disk(about: About) -> bool:
    """Are all its files there? True for a data set that needs none."""
    folder = data_root() / about.folder
    return all(any(folder.glob(pattern)) for pattern in about.files)


def size_on_disk(about: About) -> int:
    """Number of bytes of those of its files that are there."""
    folder = data_root() / about.folder
    return sum(path.stat().st_size for pattern in about.files for path in folder.glob(pattern))


class DatasetSource(Protocol):
    """A data set's plug-in: a frozen pydantic dataclass."""

    about: ClassVar[About]

    def load(self) -> Dataset:
        """Read the records; raises UserError that says what to get and where to put it."""
