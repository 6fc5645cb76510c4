"""The contract of a store, which keeps trained models and their outputs under names that follow from what made them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from miaudit.arrays import Tensors

if TYPE_CHECKING:
    from miaudit.store.local import LocalStore

EntryKind = Literal["model", "outputs", "judged", "snapshot", "data", "leftover", "unreadable"]
STATED: dict[Any, EntryKind] = {"model": "model", "outputs": "outputs", "judged": "judged", "snapshot": "snapshot"}


class Entry(NamedTuple):
    """A file of a store."""

    name: str  # its path within the store
    kind: EntryKind
    bytes: int
    used: float  # when it was written or last used, in seconds since the epoch
    description: dict[str, Any]

    @property
    def key(self) -> str:
        """The key that names its content."""
        return Path(self.name).stem


class Store(Protocol):
    """Entries that any number of processes may read and write at once.

    `open_store` opens the store at a place. A kill at any moment leaves whole entries or none; a damaged one is found
    when it is read, and counts as missing. Nothing is pickled. A new kind of store is one file with such a class, and a
    line in `open_store`.
    """

    @property
    def location(self) -> str:
        """The folder or URL by which another process or machine opens the store; a URL may hold a password."""

    @property
    def near(self) -> "LocalStore":
        """The folder of this machine for data to map and for copies; a local store is its own."""

    def has(self, key: str) -> bool:
        """Is there an entry? It may still turn out damaged when read."""

    def put(self, key: str, tensors: Tensors, description: dict[str, Any]) -> None:
        """Write an entry, whole or not at all.

        Args:
            key: the entry's key.
            tensors: its content.
            description: what made it, as plain values.

        Raises:
            UserError: it cannot be written.
        """

    def get(self, key: str) -> Tensors | None:
        """The entry's tensors; None if there is none, or (with a warning) if it is damaged.

        Raises:
            UserError: the system does not let it be read.
        """

    def discard(self, key: str) -> None:
        """Remove an entry that is not what it should be, with a warning."""

    def description(self, key: str) -> dict[str, Any] | None:
        """The description of an entry; None if there is no entry, or its header is damaged."""

    def mark_used(self, key: str) -> None:
        """Mark an entry as used although it was not read, because a result that follows from it is stored too."""

    def entries(self) -> list[Entry]:
        """All files of the store, the longest unused first."""

    def is_sound(self, entry: Entry) -> bool:
        """Is the file what was written? Reads all of it.

        Raises:
            FileNotFoundError: it was removed meanwhile.
            UserError: it cannot be read.
        """

    def remove(self, entries: Iterable[Entry]) -> None:
        """Delete files; raises UserError if that is not allowed."""
