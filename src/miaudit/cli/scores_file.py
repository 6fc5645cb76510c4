"""Reads a table of scores that anything may have written."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.files import write_atomically
from miaudit.metrics.evaluation import Scored

LOSS = ("signal.loss", "loss")  # an audit's name first: its column `loss` is the score of an attack
REFERENCE_LOSS = ("signal.reference_loss", "reference_loss")


def read_scores(path: Path, score: str = "score") -> Scored:
    """Scores and what else is told of the records of a .parquet or .csv file; rows of unknown membership are left out.

    Columns: `score` (or the name given), `member`, and if they are there `label`, `loss`, `reference_loss`, `target`.

    Raises:
        UserError: the file cannot be read, a column is missing, or its values are not what the column says.
    """
    table = _read(path)
    lacking = [name for name in (score, "member") if name not in table.column_names]
    if lacking:
        raise UserError(
            f"{path} has no column {' and '.join(lacking)}: expected `{score}` and `member`, got {table.column_names}; "
            "--score names the column of the scores"
        )
    known = _Columns(path, table.filter(pc.is_valid(table["member"])))
    return Scored(
        scores=known.numbers(score),
        member=known.flags("member"),
        labels=known.labels("label"),
        loss=known.log_probabilities(LOSS),
        reference_loss=known.log_probabilities(REFERENCE_LOSS),
        target=known.groups("target"),
    )


class _Columns:
    """The columns of one file, each checked when it is asked for."""

    def __init__(self, path: Path, table: pa.Table) -> None:
        self.path = path
        self.table = table

    def numbers(self, name: str) -> Floats:
        values: Floats = self._cast(name, pa.float64(), "numbers").to_numpy()
        return values

    def flags(self, name: str) -> Bools:
        member = self._cast(name, pa.int64(), "0 or 1").to_numpy()
        if not np.isin(member, (0, 1)).all():
            raise UserError(f"{self.path}: expected 0 or 1 in `{name}`, got {sorted(set(member.tolist()))[:5]}")
        return member.astype(bool)

    def labels(self, name: str) -> Ints | None:
        if name not in self.table.column_names:
            return None
        values = self._cast(name, pa.int64(), "whole numbers, one a row,").drop_null().to_numpy()
        if len(values) < len(self.table) or (values < 0).any():
            raise UserError(f"{self.path}: expected classes from 0 on in every row of `{name}`")
        return np.asarray(values, dtype=np.int64)

    def log_probabilities(self, names: tuple[str, ...]) -> Floats | None:
        name = next((name for name in names if name in self.table.column_names), None)
        if name is None:
            return None
        values = self.numbers(name)
        if not (np.isfinite(values) & (values <= 0)).all():
            raise UserError(
                f"{self.path}: expected finite log probabilities of the true class, 0 or less, in `{name}`; "
                f"the largest is {values.max()}; a cross-entropy is its negative"
            )
        return values

    def groups(self, name: str) -> Ints | None:
        """Any values, as whole numbers from 0 on."""
        if name not in self.table.column_names:
            return None
        return np.asarray(self.table[name].combine_chunks().dictionary_encode("encode").indices, dtype=np.int64)

    def _cast(self, name: str, kind: pa.DataType, expected: str) -> pa.ChunkedArray:
        try:
            return self.table[name].cast(kind)
        except pa.ArrowException as error:
            raise UserError(f"{self.path}: expected {expected} in `{name}`: {error}") from None


def _read(path: Path) -> pa.Table:
    readers = {".parquet": pq.read_table, ".csv": pa_csv.read_csv}
    if path.suffix.lower() not in readers:
        raise UserError(f"expected scores in a .parquet or .csv file, got {path}")
    try:
        return readers[path.suffix.lower()](path)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"cannot read {path}: {error}") from None


def write_scores(path: Path, table: pa.Table) -> None:
    """Write a table as .csv or .parquet, by the file's suffix; it appears whole or not at all."""
    write = pa_csv.write_csv if path.suffix.lower() == ".csv" else pq.write_table
    buffer = pa.BufferOutputStream()
    write(table, buffer)
    write_atomically(path, buffer.getvalue().to_pybytes())
