"""The contract of a source of records, and the search for the kind of source that an object is.

The folder is the registry: `records/sources/torch_data.py` holds the source `torch_data`, its class `TorchData`; other
packages join by an entry point in the group `miaudit.records.sources`.
"""

from typing import Any, NamedTuple, Protocol

from miaudit import registry
from miaudit.records.reading import Told

FOLDER = "records.sources"


class Source(NamedTuple):
    """The records that a source holds."""

    x: Any  # in any form that `miaudit.features` knows; None where there are labels only
    y: Any
    class_names: tuple[str, ...] = ()  # where the source has some
    is_whole_file: bool = False  # are all columns of a file features, as nobody has chosen among them?


class RecordSource(Protocol):
    """A kind of source, such as a folder of images."""

    @staticmethod
    def accepts(given: Any) -> bool:
        """Is the object such a source? Looks at it without reading it, and imports no library."""

    @staticmethod
    def read(name: str, given: Any, progress: Told) -> Source:
        """Read all records once, in their order.

        Args:
            name: what the user calls the records, such as "members", for messages.
            given: a source that is accepted.
            progress: called now and then with the number of records read, and their total.

        Raises:
            UserError: a record cannot be read, or has no label.
        """


def source_of(given: Any) -> type[RecordSource] | None:
    """The kind of source that the object is; None where it is none."""
    kinds: list[type[RecordSource]] = [registry.find(FOLDER, name) for name in registry.names(FOLDER)]
    return next((kind for kind in kinds if kind.accepts(given)), None)
