"""Where data sets lie on disk."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.errors import UserError


def data_root() -> Path:
    """`MIAUDIT_DATA`, else `datasets` in the current folder."""
    return Path(os.environ.get("MIAUDIT_DATA", "datasets"))


def read_split(folder: str, split: str, where_to_get: str) -> pa.Table:
    """All Parquet shards `<folder>/<split>*.parquet` under the data root, in order.

    Raises:
        UserError: there are none; says what to get and where to put it.
    """
    root = data_root() / folder
    shards = sorted(root.glob(f"{split}*.parquet"))
    if not shards:
        raise UserError(
            f"no {split} records of {folder} in {root}: {where_to_get}, put them there as {split}.parquet, "
            "or set MIAUDIT_DATA to the folder that holds them"
        )
    return pa.concat_tables([pq.read_table(shard) for shard in shards])
