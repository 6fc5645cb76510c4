"""Snapshots of trainings in progress, in a folder of the store on this machine.

They are files as all others of the store: whole or not there, with a hash that is checked, and nothing is unpickled. A
snapshot bears the name of its job. So two processes that train the same model leave states of the same training, and
whichever of them a third one finds, it ends at the same weights.
"""

import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.files import mark_used, write_atomically
from miaudit.messages import printable
from miaudit.private import folder_within, private_folder
from miaudit.store.entry import SUFFIX, encoded, read_description, read_entry
from miaudit.store.local import SNAPSHOTS, LocalStore, writing
from miaudit.store.reached import Reached


@dataclass(frozen=True)
class JobSnapshots:
    """The snapshot of a job's training, and those of its parts; see `training.snapshots.Snapshots`."""

    store: LocalStore
    job: str  # the job's name
    about: dict[str, Any] = field(default_factory=dict)  # what the job is, for the description
    of_part: str = ""  # "" for the training of the model itself
    taken: dict[str, float] = field(default_factory=dict)  # seconds of the states that were taken up, by part

    @property
    def is_part(self) -> bool:
        """Is this the training of a mere part of the model?"""
        return self.of_part != ""

    @property
    def path(self) -> Path:
        """The file, whether it is there or not."""
        name = f"{self.job}-{self.of_part}" if self.is_part else self.job
        return self.store.root / SNAPSHOTS / f"{name}{SUFFIX}"

    def part(self, name: str) -> Self:
        """The snapshot of a part's training."""
        return replace(self, of_part=name)

    def read(self) -> Tensors | None:
        """The last state; None if there is none, or (with a warning) if it cannot be read or is damaged."""
        try:
            state = read_entry(self.path)
        except FileNotFoundError:
            return None
        except UserError as error:
            warnings.warn(f"a model is trained from the start: {error}", stacklevel=3)
            return None
        if state is None:
            self.discard()
        elif (reached := _reached(self.path)) is not None:
            self.taken[self.of_part] = reached.seconds
        mark_used(self.path)
        return state

    def write(self, state: Tensors, reached: Reached) -> None:
        """Keep a state, unless another process has kept a later one; raises UserError if it cannot be written."""
        there = _reached(self.path)
        if there is not None and there.epoch > reached.epoch:
            return
        with writing(self.store.root):
            private_folder(self.store.root)
            folder_within(self.path.parent)
        about = {**self.about, **reached._asdict(), "kind": "snapshot", "job": self.job}
        write_atomically(self.path, encoded(state, about))

    def discard(self) -> None:
        """Remove a state that is not one of this training, with a warning."""
        warnings.warn(
            printable(f"{self.path} is damaged or of another training: the model is trained from the start"),
            stacklevel=3,
        )
        self.taken.pop(self.of_part, None)
        _remove(self.path)

    def drop(self) -> None:
        """Remove the snapshots of the job and of all its parts, because the whole model is stored."""
        for path in _files(self.store, self.job):
            _remove(path)


def reached_by(store: LocalStore, job: str) -> Reached | None:
    """How far the training of a job's model has come by its snapshots, together; None if there are none.

    Of several parts, the epochs are those of the one that was trained last.
    """
    files = sorted(_files(store, job), key=_changed)
    found = [reached for path in files if (reached := _reached(path)) is not None]
    if not found:
        return None
    samples, seconds = sum(each.samples for each in found), sum(each.seconds for each in found)
    return found[-1]._replace(samples=samples, seconds=seconds)


def _files(store: LocalStore, job: str) -> Iterator[Path]:
    return (store.root / SNAPSHOTS).glob(f"{job}*{SUFFIX}")


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _reached(path: Path) -> Reached | None:
    """How far a snapshot's training had come, by its header alone; None where that cannot be read."""
    with suppress(FileNotFoundError, UserError):
        told = read_description(path) or {}
        numbers: list[Any] = [told.get(name) for name in Reached._fields]
        return None if None in numbers else Reached(*numbers)
    return None


def _remove(path: Path) -> None:
    with suppress(OSError):  # in a store that is read-only, or if another process was faster
        path.unlink(missing_ok=True)
