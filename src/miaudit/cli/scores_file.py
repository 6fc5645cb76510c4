"""Reads a table of scores, whatever program wrote it."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence.io.flags import flags
from miaudit.files import write_atomically
from miaudit.messages import did_you_mean
from miaudit.metrics.evaluation import Scored
from miaudit.reading.columns import Columns, where
from miaudit.reading.csv_file import read_csv
from miaudit.reading.parquet_file import read_parquet
from miaudit.reading.path import about

LOSS = ("signal.loss", "loss")  # an audit's name first: its column `loss` is the score of an attack
WHAT = "scores"
REFERENCE_LOSS = ("signal.reference_loss", "reference_loss")


def read_scores(path: Path, score: str = "score") -> Scored:
    """Read scores and further columns of a .parquet or .csv file; rows of unknown membership are left out.

    Columns: `score` (or the name given), `member`, and if they are there `label`, `loss`, `reference_loss`, `target`.

    Raises:
        UserError: the file cannot be read, a column is missing, or its values are not what the column says.
    """
    table = _read(path)
    with about(path):
        lacking = [name for name in (score, "member") if name not in table.arrays]
        if lacking:
            hint = did_you_mean(lacking[0], table.names)
            raise UserError(f"there is no column {lacking[0]!r}: {hint} (--score names the column of the scores)")
        member = flags(table, "member")
        known = where(table, ~np.isnan(member))
        return Scored(
            scores=_finite(known, score),
            member=_members(member[~np.isnan(member)]),
            labels=_labels(known, "label"),
            loss=_log_probabilities(known, LOSS),
            reference_loss=_log_probabilities(known, REFERENCE_LOSS),
            target=_groups(known, "target"),
        )


def _read(path: Path) -> Columns:
    suffix = path.suffix.lower()
    if suffix not in (".parquet", ".csv"):
        raise UserError(f"expected scores in a .parquet or .csv file, got {path}")
    return read_csv(path, WHAT, _type) if suffix == ".csv" else read_parquet(path, WHAT)


def _type(name: str) -> pa.DataType | None:
    """Text for the membership, which may be words; None for other columns, whose types are guessed."""
    return pa.string() if name == "member" else None


def _finite(table: Columns, name: str) -> Floats:
    values = table.numbers(name)
    wrong = ~np.isfinite(values)
    if wrong.any():
        raise UserError(f"column {name}: expected finite scores; {wrong.sum():,} of {len(wrong):,} are not")
    return values


def _members(member: Floats) -> Bools:
    wrong = member[(member != 0) & (member != 1)]
    if wrong.size:
        raise UserError(f"expected 0 or 1 in `member`, got {wrong[0]:g} ({wrong.size:,} such rows)")
    return member.astype(bool)


def _labels(table: Columns, name: str) -> Ints | None:
    if name not in table.arrays:
        return None
    values = table.whole(name)
    if (values < 0).any():
        raise UserError(f"expected classes from 0 on in every row of `{name}`, got {values.min()}")
    return values


def _log_probabilities(table: Columns, names: tuple[str, ...]) -> Floats | None:
    name = next((name for name in names if name in table.arrays), None)
    if name is None:
        return None
    values = table.numbers(name)
    wrong = ~(np.isfinite(values) & (values <= 0))
    if wrong.any():
        raise UserError(
            f"expected finite log probabilities of the true class, 0 or less, in `{name}`, got {values[wrong][0]:g}; a "
            "cross-entropy is its negative"
        )
    return values


def _groups(table: Columns, name: str) -> Ints | None:
    """The distinct values of a column, numbered from 0."""
    if name not in table.arrays:
        return None
    codes: Ints = np.unique(table.texts(name).astype(str), return_inverse=True)[1]
    return codes


def write_scores(path: Path, table: pa.Table) -> None:
    """Write a table as .csv or .parquet, by the file's suffix; it appears whole or not at all."""
    write = pa_csv.write_csv if path.suffix.lower() == ".csv" else pq.write_table
    buffer = pa.BufferOutputStream()
    write(table, buffer)
    write_atomically(path, buffer.getvalue().to_pybytes())
