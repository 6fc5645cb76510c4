"""Finds the files of data sets on disk, and downloads missing ones."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.data_root import data_root
from miaudit.datasets.base import About, is_on_disk
from miaudit.errors import UserError
from miaudit.messages import listed

Download = Callable[[Path], None]  # puts a data set's files into its folder; raises UserError


def ensure(about: About, download: Download | None = None) -> Path:
    """The data set's folder; missing files are downloaded if miaudit knows how and `MIAUDIT_OFFLINE` is not set.

    Raises:
        UserError: files are missing and cannot be downloaded; says what to get and where to put it.
    """
    folder = data_root() / about.folder
    if is_on_disk(about):
        return folder
    reason = ""
    if download is not None and os.environ.get("MIAUDIT_OFFLINE", "0") == "0":
        try:
            download(folder)
        except UserError as error:
            reason = f" and cannot be downloaded ({error})"
    if not is_on_disk(about):
        files = " and ".join(pattern.removeprefix("**/") for pattern in about.files)
        raise UserError(
            f"{about.folder} is not in {data_root()}{reason}: {about.get}; put {files} into {folder}, "
            f"or set MIAUDIT_DATA (or --data-root) to the folder that holds {about.folder}"
        )
    return folder


def shards(folder: Path, split: str) -> list[Path]:
    """The Parquet files of a split, in order; raises UserError where their names show that one is missing."""
    found = sorted(folder.glob(f"{split}*.parquet"))
    totals = {int(match[1]) for path in found if (match := re.search(r"-of-(\d+)$", path.stem))}
    if totals and totals != {len(found)}:
        raise UserError(
            f"{folder}: expected {' or '.join(map(str, sorted(totals)))} files of {split}, as their names say, "
            f"got {len(found)}: get the others too"
        )
    return found


def read_splits(folder: Path, *splits: str, columns: list[str] | None = None) -> pa.Table:
    """The rows of all shards `<split>*.parquet`; raises UserError where one cannot be read or lacks a column."""
    paths = [path for split in splits for path in shards(folder, split)]
    try:
        return pa.concat_tables([pq.read_table(path, columns=columns) for path in paths])
    except Exception as error:  # Arrow raises OSError, TypeError, NotImplementedError, ... on damaged files
        raise UserError(f"{folder}: expected Parquet files of one schema, got {error}; get them again") from None


def attributes(about: About, table: pa.Table, label: str) -> list[str]:
    """The columns other than the label; raises UserError unless their number is the original's."""
    names = [name for name in table.column_names if name != label]
    expected = None if about.shape is None else about.shape[0]
    if expected is not None and len(names) != expected:
        raise UserError(
            f"{data_root() / about.folder}: expected {expected} columns beside {label!r}, got {len(names)} "
            f"({listed(names)}); get the files again"
        )
    return names
