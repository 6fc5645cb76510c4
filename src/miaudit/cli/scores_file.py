"""Reads a table of scores that anything may have written."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError


def read_scores(path: Path) -> tuple[Floats, Bools]:
    """Scores (n,) float64 and members (n,) of a .parquet or .csv file; rows of unknown membership are left out.

    Raises:
        UserError: the file cannot be read, a column is missing, or its values are no scores or memberships.
    """
    table = _read(path)
    lacking = [name for name in ("score", "member") if name not in table.column_names]
    if lacking:
        raise UserError(
            f"{path} has no column {' and '.join(lacking)}: expected `score` and `member`, got {table.column_names}"
        )
    known = table.filter(pc.is_valid(table["member"]))
    try:
        scores = known["score"].cast(pa.float64()).to_numpy()
        member = known["member"].cast(pa.int64()).to_numpy()
    except pa.ArrowException as error:
        raise UserError(f"{path}: expected numbers in `score` and 0 or 1 in `member`: {error}") from None
    if not np.isin(member, (0, 1)).all():
        raise UserError(f"{path}: expected 0 or 1 in `member`, got {sorted(set(member.tolist()))[:5]}")
    return scores, member.astype(bool)


def _read(path: Path) -> pa.Table:
    readers = {".parquet": pq.read_table, ".csv": pa_csv.read_csv}
    if path.suffix.lower() not in readers:
        raise UserError(f"expected scores in a .parquet or .csv file, got {path}")
    try:
        return readers[path.suffix.lower()](path)
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"cannot read {path}: {error}") from None
