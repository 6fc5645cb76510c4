"""Runs shell scripts of the documentation as they stand, with the program under test as `miaudit`."""

import os
import subprocess
import sys
from pathlib import Path

import miaudit


def run_script(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The script in bash, in this folder; the first command that fails ends it."""
    source = str(Path(miaudit.__file__).parents[1])
    program = f'set -euo pipefail\nmiaudit() {{ "{sys.executable}" -m miaudit "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", program + script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": source, "COLUMNS": "200"} | env,
        capture_output=True,
        text=True,
        timeout=120,
    )
