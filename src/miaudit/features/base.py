"""The contract of features that are no plain array, and the search for the form that given ones have.

Numbers in memory stay a NumPy array. Everything else (tables, texts, sparse matrices, several inputs) is an instance of
`Features`. The folder is the registry: `features/table.py` holds the form `table`, its class `Table`; other packages
join by an entry point in the group `miaudit.features`.
"""

import hashlib
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from miaudit import registry
from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError

Inputs = Any  # of n records: an array (n, ...), or `Features`
AnyArray = npt.NDArray[Any]
PART = 20_000  # records that are copied at a time


class Coded(NamedTuple):
    """Records as numbers, for attackers who look at the records alone."""

    values: Floats  # (n, p) float64; NaN where a value is missing
    names: tuple[str, ...]  # (p,)


class Packed(NamedTuple):
    """Features as arrays, which can be saved and shared with other processes without pickling."""

    form: str  # name of the form; empty for one plain array `x`
    arrays: dict[str, Any]  # AnyArray each, or what gives its rows and shape as one does
    facts: dict[str, Any]  # plain values


class Features(ABC):
    """The features of n records, addressed by row."""

    form: ClassVar[str]  # its name
    rank: ClassVar[int] = 50  # forms with a lower rank are asked first

    @classmethod
    @abstractmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Are these features, of so many records, in this form? Must import no library."""

    @classmethod
    @abstractmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over what the user gives.

        Args:
            name: what the user calls the records, such as "members", for messages.
            given: features that are accepted.
            dtype: floating-point type that plain numbers get.

        Raises:
            UserError: they hold something that no model could be given again.
        """

    @classmethod
    @abstractmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """All parts (name -> features) behind one another; raises UserError where they do not fit together."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """(n, ...) as of an array; (n,) where a record has no shape."""

    @abstractmethod
    def __getitem__(self, rows: Any) -> Inputs:
        """The records in a slice, or in rows (m,)."""

    @property
    @abstractmethod
    def native(self) -> Any:
        """What the model is given: the kind of object that the user gave."""

    @abstractmethod
    def packed(self) -> Packed:
        """The features as arrays."""

    @classmethod
    @abstractmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The features that were packed; arrays may be memory-mapped."""

    @abstractmethod
    def coded(self) -> Coded:
        """The records as numbers: codes of categories, dates in days, lengths and word counts of texts."""

    @abstractmethod
    def digests(self) -> list[bytes]:
        """(n,) a name for the content of each record."""

    def as_json(self) -> list[Any]:
        """(n,) what stands for each record in a JSON document; raises UserError where nothing can."""
        raise UserError(
            f"a record in the form {self.form!r} cannot be sent as JSON: give arrays, tables or texts, or write a "
            "function that asks the endpoint"
        )

    def alike(self) -> list[bytes] | None:
        """(n,) names that nearly equal records share, such as texts in other case; None where there is no such rule."""
        return None

    def reordered(self, order: Ints) -> "Features":
        """The records in another order, (n,)."""
        moved: Features = self[order]
        return moved

    @property
    def content(self) -> Any:
        """The content that the fingerprint of the records covers."""
        return tuple(self.packed())

    def __len__(self) -> int:
        return self.shape[0]


def forms() -> list[type[Features]]:
    """All forms in the order in which they are asked."""
    found: list[type[Features]] = [registry.find("features", name) for name in registry.names("features")]
    return sorted(found, key=lambda form: form.rank)


def form_of(given: Any, records: int) -> type[Features] | None:
    """The form that given features have; None where they are plain numbers."""
    return next((form for form in forms() if form.accepts(given, records)), None)


def pack(x: Inputs) -> Packed:
    """Features in any form as arrays."""
    return x.packed() if isinstance(x, Features) else Packed("", {"x": x}, {})


def unpack(packed: Packed) -> Inputs:
    """Features that were packed."""
    if not packed.form:
        return packed.arrays["x"]
    form: type[Features] = registry.find("features", packed.form)
    return form.unpacked(packed)


def native(x: Inputs) -> Any:
    """What a model is given: an array as it is, or the user's own kind of object."""
    return x.native if isinstance(x, Features) else x


def as_table(x: Inputs) -> Any:
    """What a classifier of scikit-learn's kind is given: an array (n, features), or the user's own kind of object."""
    return x.native if isinstance(x, Features) else x.reshape(len(x), -1)


def digests(x: Inputs, rows: Ints) -> list[bytes]:
    """(m,) a name for the content of each of the records; -0 is 0."""
    if isinstance(x, Features):
        return [name for part in np.array_split(rows, -(-len(rows) // PART) or 1) for name in digests_of(x[part])]
    return [digest((x[row] + 0.0).tobytes()) for row in rows]


def digests_of(x: Inputs) -> list[bytes]:
    """Names of the contents of all records, (n,)."""
    return x.digests() if isinstance(x, Features) else digests(x, np.arange(len(x)))


def digest(*parts: bytes) -> bytes:
    """A name for the content of one record."""
    total = hashlib.blake2b(digest_size=16)
    for part in parts:
        total.update(part)
    return total.digest()


def tells_apart(x: Inputs) -> bool:
    """Do features tell records apart? False where there are none, or the same placeholder for every record."""
    if isinstance(x, Features):
        return len(set(x.digests())) > 1
    return bool(x[:1].size) and any(not np.array_equal(x[0], row) for row in x)
