"""Form `texts`: one text per record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pyarrow as pa

from miaudit.errors import UserError
from miaudit.features._arrow import from_bytes, taken, to_bytes
from miaudit.features._codes import code_texts, plain_text
from miaudit.features.base import Coded, Features, Packed, digest
from miaudit.messages import shortened

TEXT = "text"  # name of the column


@dataclass(frozen=True, eq=False)
class Texts(Features):
    """Texts (n,), which the model is given as a list."""

    form: ClassVar[str] = "texts"

    table: pa.Table  # of one column

    @classmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Is it a list, an array or a column whose first value is a text?"""
        del records
        if isinstance(given, str | bytes | dict) or not hasattr(given, "__len__") or not len(given):
            return False
        if len(getattr(given, "shape", (0,))) != 1 or hasattr(given, "columns"):
            return False
        first = next(iter(given), None)
        return isinstance(first.as_py() if isinstance(first, pa.Scalar) else first, str)

    @classmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over the texts; raises UserError where one is missing or is none."""
        del dtype
        texts = given.to_pylist() if hasattr(given, "to_pylist") else list(given)
        wrong = next((place for place, text in enumerate(texts) if not isinstance(text, str)), None)
        if wrong is not None:
            raise UserError(
                f"{name}: expected a text for every record, got {shortened(texts[wrong])} at record {wrong:,}; fill in "
                "or remove such records"
            )
        return cls(pa.table({TEXT: pa.array([str(text) for text in texts], pa.large_string())}))

    @classmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """The texts of all parts, one part after the other; the names of the parts are not kept."""
        return cls(pa.concat_tables([part.table for part in parts.values()]).combine_chunks())

    @property
    def shape(self) -> tuple[int, ...]:
        """(n,), as every record is one text."""
        return (self.table.num_rows,)

    def __getitem__(self, rows: Any) -> Self:
        return type(self)(taken(self.table, rows))

    @property
    def native(self) -> list[str]:
        """A list of str."""
        texts: list[str] = self.table.column(TEXT).to_pylist()
        return texts

    def packed(self) -> Packed:
        """The bytes of an Arrow file."""
        return Packed(self.form, {"texts": to_bytes(self.table)}, {})

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The texts in these bytes."""
        return cls(from_bytes(packed.arrays["texts"]))

    def coded(self) -> Coded:
        """Encode texts by their lengths and by weighted counts of words."""
        return code_texts(self.native)

    def digests(self) -> list[bytes]:
        """Names of the texts, to the letter."""
        return _named(self.native)

    def as_json(self) -> list[str]:
        """Give each text as it is, since JSON carries text."""
        return self.native

    def alike(self) -> list[bytes]:
        """Names that texts share which differ in case, blanks and punctuation alone."""
        return _named([plain_text(text) for text in self.native])


def _named(texts: Sequence[str]) -> list[bytes]:
    return [digest(text.encode(errors="surrogatepass")) for text in texts]
