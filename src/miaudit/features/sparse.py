"""Form `sparse`: a matrix of which few entries differ from 0."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
from scipy import sparse

from miaudit.errors import UserError
from miaudit.features._arrow import places
from miaudit.features.base import Coded, Features, Packed, digest

COLUMNS = 500  # with the most entries, which attackers who see the records alone look at
DIGITS = 3  # significant ones, to which the entries of nearly equal records agree


@dataclass(frozen=True, eq=False)
class Sparse(Features):
    """A matrix (n, features) in compressed rows."""

    form: ClassVar[str] = "sparse"

    rows: Any  # csr_matrix or csr_array, as the user's is a matrix or an array

    @classmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Is it one of SciPy's sparse matrices or arrays?"""
        del records
        return bool(sparse.issparse(given))

    @classmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over the entries, sorted; raises UserError where it is no matrix of numbers."""
        del dtype
        if given.ndim != 2 or given.dtype.kind not in "fiub":
            raise UserError(f"{name}: expected a sparse matrix of numbers, got {given.dtype} of shape {given.shape}")
        rows = given.tocsr(copy=True)
        rows.sum_duplicates()
        rows.eliminate_zeros()
        return cls(rows)

    @classmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """The rows of all parts, one part after another."""
        widths = {name: part.shape[1] for name, part in parts.items()}
        if len(set(widths.values())) > 1:
            raise UserError(f"all records must have the same number of features, got {widths}")
        return cls(sparse.vstack([part.rows for part in parts.values()], format="csr"))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (n, features) of the matrix."""
        return tuple(self.rows.shape)

    def __getitem__(self, rows: Any) -> Self:
        return type(self)(self.rows[places(rows, len(self))])

    @property
    def native(self) -> Any:
        """The records as the sparse matrix that a model is given."""
        return self.rows

    def packed(self) -> Packed:
        """The three arrays of the compressed rows."""
        arrays = {"data": self.rows.data, "indices": self.rows.indices, "indptr": self.rows.indptr}
        facts = {"columns": self.shape[1], "matrix": isinstance(self.rows, sparse.spmatrix)}
        return Packed(self.form, arrays, facts)

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The matrix that these arrays make."""
        kind = sparse.csr_matrix if packed.facts["matrix"] else sparse.csr_array
        data, indices, indptr = (packed.arrays[name] for name in ("data", "indices", "indptr"))
        return cls(kind((data, indices, indptr), shape=(len(indptr) - 1, packed.facts["columns"])))

    def coded(self) -> Coded:
        """Number and sum of each record's entries, and the columns with the most entries."""
        used = np.bincount(self.rows.indices, minlength=self.shape[1])
        chosen = np.sort(np.argsort(-used, kind="stable")[:COLUMNS])
        counts, sums = np.diff(self.rows.indptr), np.asarray(self.rows.sum(axis=1)).reshape(-1)
        dense = self.rows[:, chosen].toarray()
        names = ("entries", "sum of the entries", *(f"feature {column}" for column in chosen))
        return Coded(np.column_stack([counts, sums, dense]).astype(np.float64), names)

    def digests(self) -> list[bytes]:
        """Names of the rows' entries."""
        return self._named(self.rows.data)

    def alike(self) -> list[bytes]:
        """Names that rows share whose entries agree to three digits."""
        data = self.rows.data.astype(np.float64)
        size = 10.0 ** (np.floor(np.log10(np.abs(data))) + 1 - DIGITS)
        return self._named(np.round(data / size) * size)

    def _named(self, data: Any) -> list[bytes]:
        ends, indices = self.rows.indptr, self.rows.indices.astype(np.int64)
        return [digest(indices[start:end].tobytes(), data[start:end].tobytes()) for start, end in pairwise(ends)]
