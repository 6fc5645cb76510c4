"""Records where a result comes from: versions, commit, machine, seeds."""

import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import miaudit
from miaudit.auditing.result import Provenance

LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "pyarrow", "safetensors")


def provenance(seed: int, data: str, recipe: Any, config: dict[str, Any], device: str = "cpu") -> Provenance:
    """Facts about this process, with those of the audit.

    Args:
        seed: everything random followed from it.
        data: fingerprint of the records.
        recipe: how the target was trained, as plain values; None where it is unknown.
        config: the configuration that repeats the audit.
        device: where models were trained.
    """
    commit, dirty = _own_checkout()
    return Provenance(
        miaudit=miaudit.__version__,
        git_commit=commit,
        git_dirty=dirty,
        python=platform.python_version(),
        libraries=library_versions(),
        machine=f"{platform.system()} {platform.machine()}",
        device=device,
        seed=seed,
        data=data,
        recipe=recipe,
        config=config,
    )


def library_versions() -> dict[str, str]:
    """Versions of the libraries that decide numbers; those that are not installed are left out."""
    found = ((name, _version(name)) for name in LIBRARIES)
    return {name: number for name, number in found if number is not None}


@cache
def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def peak_memory_mb() -> float | None:
    """Peak memory of this process in MB, without those that train; None if the system does not report it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)


@cache
def _own_checkout() -> tuple[str | None, bool | None]:
    # Of the code that this process has loaded: what changes afterwards does not take part.
    return checkout(Path(__file__).parent)


def checkout(folder: Path) -> tuple[str | None, bool | None]:
    """Commit of the checkout that holds this folder of miaudit's code, and whether its source has changed since.

    None, None if it was installed without one.
    """

    def git(*words: str) -> str:
        return subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")) != folder.parents[2]:
            return None, None  # inside somebody else's repository
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "--", ":/src"))
    except (OSError, subprocess.SubprocessError):
        return None, None
