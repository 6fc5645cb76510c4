"""Tables in JSON: one record per line, a list of records, or one list of values per column."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.messages import shortened
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.path import MOST_BYTES, check_file
from miaudit.reading.text_file import open_text

TIMES = 30  # memory that Python's objects may take, as a multiple of the file's size
REMEDY = "write fewer records, or a .parquet file"


def read_json_table(path: Path, what: str) -> Columns:
    """The columns of a JSON file: lines of records, a list of records, or columns as pandas' `to_json` writes them.

    Raises:
        UserError: there is no such file, it is not JSON, or its records are no table.
    """
    check_file(path, what, MOST_BYTES)
    check_memory(TIMES * path.stat().st_size, str(path), REMEDY)
    try:
        text = open_text(path)
        content = text.head(text.size).decode("utf-8-sig")
        return columns_of(_table(_parsed(content)), told=text.told)
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, a table in JSON; {error}") from None
    except RecursionError:
        raise UserError(f"cannot read {path}: expected {what}, got JSON that is nested too deeply") from None
    except Exception as error:  # Arrow raises TypeError, OverflowError, NotImplementedError, ... on odd values
        raise UserError(f"cannot read {path}: expected {what}, a table in JSON, got something else: {error}") from None


def _parsed(content: str) -> Any:
    """The content as one document or, if that fails, as one document per line."""
    lines = content.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise UserError("got an empty file")
    if (content.lstrip()[:1] == "{") and _is_document(first):
        return [_line(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    try:
        return json.loads(content)
    except ValueError as error:
        raise UserError(f"got text that is not JSON: {error}") from None


def _is_document(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise UserError(f"got line {number:,}, which is not JSON: {error}") from None


def _table(content: Any) -> pa.Table:
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        content = content[0]  # a single line: one record, or all columns
    if isinstance(content, dict):
        return _of_columns(content)
    if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
        raise UserError(f"got {shortened(content)}; write a list of records, each with the columns' names as keys")
    names = list(dict.fromkeys(name for record in content for name in record))
    return pa.table({name: [record.get(name) for record in content] for name in names})


def _of_columns(content: dict[str, Any]) -> pa.Table:
    """Columns as lists or by row names; or pandas' form `split`, with the names apart from the rows."""
    if {"columns", "data"} <= set(content):
        names, rows = content["columns"], content["data"]
        return pa.table({str(name): list(cells) for name, cells in zip(names, zip(*rows, strict=True), strict=True)})
    if all(isinstance(values, dict) for values in content.values()):
        return pa.table({name: list(values.values()) for name, values in content.items()})
    if all(isinstance(values, list) for values in content.values()):
        return pa.table(content)
    return pa.table({name: [value] for name, value in content.items()})
