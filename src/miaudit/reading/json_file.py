"""JSON files: results of earlier runs."""

import json
from pathlib import Path
from typing import Any

from miaudit.errors import UserError
from miaudit.reading.path import read_text

MOST_BYTES = 2**28


def read_json(path: Path, what: str) -> Any:
    """The content of a JSON file; raises UserError where it is none, or is too large or nested too deeply."""
    text = read_text(path, what, MOST_BYTES)
    try:
        return json.loads(text)
    except RecursionError:
        raise UserError(f"cannot read {path}: expected {what}, got JSON that is nested too deeply") from None
    except ValueError as error:  # a number of more than 4,300 digits, too
        raise UserError(f"{path} is not JSON: {error}") from None
