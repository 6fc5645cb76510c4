"""Results of benchmarks as JSON files."""

import json
from pathlib import Path
from typing import Any

from miaudit.files import write_atomically


def kept(file: Path) -> dict[str, Any] | None:
    """What an earlier run wrote to the file; None if there was none."""
    found: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return found


def keep(file: Path, found: dict[str, Any]) -> None:
    """Write results to the file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, json.dumps(found, indent=1).encode() + b"\n")
