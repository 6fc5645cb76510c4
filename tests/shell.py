"""Runs shell scripts of the documentation as they stand, with the program under test as `miaudit`."""

import os
import subprocess
import tempfile
from pathlib import Path

import miaudit
from program import callable_at

SOURCE = str(Path(miaudit.__file__).parents[1])


def run_script(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The script in bash, in this folder; the first command that fails ends it."""
    with tempfile.TemporaryDirectory() as programs, callable_at(Path(programs) / "miaudit"):
        paths = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": SOURCE, "COLUMNS": "200"}
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=folder,
            env=os.environ | paths | env,
            capture_output=True,
            text=True,
            timeout=300,  # a guard, the machine may be busy
        )
