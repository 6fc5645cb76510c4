"""Searches a folder for what an audit could be about: models, records and predictions."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from miaudit.address import Address
from miaudit.cli.factories import factories_in
from miaudit.errors import UserError
from miaudit.evidence.io.file import open_evidence
from miaudit.manifest import MANIFEST
from miaudit.reading.suffixes import TABLES
from miaudit.reading.table_file import read_table
from miaudit.records.label_column import label_candidates
from miaudit.targets.search import is_model

MOST = 500  # files and folders that are looked at
LARGEST = 2**28  # bytes of a table that is opened only to see what it holds
WORDS = {  # in names of files, by what these hold; the first that fits decides
    "nonmembers": {"non", "nonmember", "nonmembers", "test", "holdout", "val", "valid", "validation", "eval", "unseen"},
    "population": {"population", "public", "auxiliary", "aux", "extra"},
    "members": {"member", "members", "train", "training", "seen"},
}


class Found(NamedTuple):
    """Names of files and folders, relative to the folder that was searched."""

    models: tuple[str, ...]
    tables: tuple[str, ...]

    def role(self, role: str) -> str | None:
        """The table whose name suggests that it holds such records; None where none does, or several do."""
        named = [table for table in self.tables if role_of(table) == role]
        return named[0] if len(named) == 1 else None


def look_around(folder: Path) -> Found:
    """Models and tables in a folder and in those right below it, hidden ones and results of audits left out.

    Functions with the weights of their models are looked for in the folder alone.
    """
    models, tables, factories = [], [], factories_in(folder)
    weights = {factory.weights for factory in factories}
    for path in islice(_paths(folder), MOST):
        name = path.relative_to(folder).as_posix()
        if name in weights:
            continue
        if _is_model(name, folder):
            models.append(name)
        elif path.is_file() and path.suffix.lower() in TABLES:
            tables.append(name)
    return Found((*models, *(factory.address for factory in factories)), tuple(tables))


def role_of(name: str) -> str | None:
    """The role that the name of a file suggests.

    >>> role_of("data/X-train.csv"), role_of("non_members.parquet"), role_of("adult.csv")
    ('members', 'nonmembers', None)
    """
    words = set(re.findall(r"[a-z]+", Path(name).stem.lower()))
    return next((role for role, usual in WORDS.items() if words & usual), None)


def labels_in(path: Path) -> list[str] | None:
    """Columns of a table that may hold the true class; None where the table cannot be looked at."""
    if not _is_small(path):
        return None
    try:
        return label_candidates(read_table(path, "a table of records").names)
    except UserError:
        return None


def are_predictions(path: Path, nonmembers: Path | None = None) -> bool:
    """Do the files hold predictions and tell which are on members?"""
    if not all(_is_small(each) for each in (path, nonmembers) if each is not None):
        return False
    try:
        return open_evidence(path, lambda _: None, nonmembers=nonmembers).loaded.truth is not None
    except UserError:
        return False


def _paths(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or (path / MANIFEST).exists():
            continue
        yield path
        if path.is_dir() and not _is_model(path.name, folder):
            yield from sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))


def _is_model(name: str, folder: Path) -> bool:
    try:
        return is_model(Address.read(name, folder=folder))
    except UserError:  # a name such as "what?.csv" is no address
        return False


def _is_small(path: Path) -> bool:
    return path.is_file() and path.stat().st_size <= LARGEST
