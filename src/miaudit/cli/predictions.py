"""Turns the command line into files of predictions and hints about their columns."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.reading import suffixes
from miaudit.reading.hints import Hints
from miaudit.reading.path import MOST_BYTES, check_file, resolved

HEAD = 2**16  # bytes of a JSON file in which a configuration would begin


class Files(NamedTuple):
    """One file of predictions, or one on members and one on non-members."""

    first: Path
    nonmembers: Path | None


def files_of(file: Path | None, members: Path | None, nonmembers: Path | None) -> Files:
    """The files that the options name; raises UserError where they do not go together.

    Args:
        file: the argument.
        members: the option `--members`.
        nonmembers: the option `--nonmembers`.

    Example:
        >>> files_of(None, Path("train.csv"), Path("test.csv")).nonmembers
        PosixPath('test.csv')
    """
    if file is None and members is not None and nonmembers is not None:
        return Files(members, nonmembers)
    if members is not None or nonmembers is not None:
        raise UserError("expected --members FILE and --nonmembers FILE together, and no other file beside them")
    if file is None:
        raise UserError("expected a file, or --members FILE and --nonmembers FILE")
    return Files(file, None)


def is_evidence(path: Path) -> bool:
    """Is it a file of evidence or predictions, rather than a configuration?"""
    suffix = suffixes.suffix_of(path)
    if suffix != ".json":
        return suffix in suffixes.EVIDENCE
    check_file(path, "a configuration or predictions in JSON", MOST_BYTES)
    with path.open("rb") as file:
        first = re.match(rb"\s*\{\s*\"(\w+)\"", file.read(HEAD))
    return first is None or first[1].decode() not in AuditConfig.model_fields


def evidence_config(files: Files, hints: Hints) -> dict[str, Any]:
    """The configuration of an audit of these files."""
    content: dict[str, Any] = {"evidence": str(resolved(files.first)), "reading": hints}
    return content if files.nonmembers is None else {**content, "nonmembers": str(resolved(files.nonmembers))}
