"""Runs shell scripts of the documentation as they stand, with the program under test as `miaudit`."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import miaudit

SOURCE = str(Path(miaudit.__file__).parents[1])


def run_script(script: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The script in bash, in this folder; the first command that fails ends it."""
    with tempfile.TemporaryDirectory() as programs:
        program = Path(programs) / "miaudit"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m miaudit "$@"\n')
        program.chmod(0o755)
        paths = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": SOURCE, "COLUMNS": "200"}
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=folder,
            env=os.environ | paths | env,
            capture_output=True,
            text=True,
            timeout=300,  # a guard, the machine may be busy
        )
