"""Joins a Ray cluster for the duration of a run."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from miaudit.errors import UserError

AUTO, NEW = "auto", "local"
CLIENT = "ray://"
PATIENCE = 10.0  # seconds


def load_ray() -> Any:
    """Import Ray; raises UserError if it is not installed."""
    # Set before Ray is loaded, so that it sends no usage reports.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise UserError("a Ray cluster needs Ray: pip install 'miaudit[ray]'") from None
    return ray


@contextmanager
def joined(address: str = AUTO) -> Iterator[int]:
    """Stay connected to the cluster within the block; yields its number of cores.

    `auto` is the cluster that RAY_ADDRESS names or that this machine belongs to, else one on this machine alone, which
    ends with the block. A connection that is there already is used and left as it is.

    Raises:
        UserError: Ray is not installed, or there is no cluster at the address.
    """
    ray = load_ray()
    if ray.is_initialized():
        yield cores(ray)
        return
    found = _found(address)
    try:
        ray.init(
            address=found,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UserError(f"cannot join a Ray cluster at {found}: {error}") from error
    try:
        yield cores(ray)
    finally:
        ray.shutdown()


def _found(address: str) -> str:
    """The address of a cluster that answers, or `local` for one to be started; Ray itself would wait for minutes."""
    named = os.environ.get("RAY_ADDRESS", AUTO) if address == AUTO else address
    if named == AUTO:
        here = _noted()
        return here if here is not None and _unreachable(here) is None else NEW
    host, _, port = named.rpartition(":")
    if named.startswith(CLIENT) or not host or not port.isdecimal():
        raise UserError(f"expected a Ray cluster as HOST:PORT of its head node, or auto; got {named}")
    if (reason := _unreachable(named)) is not None:
        raise UserError(f"no Ray cluster answers at {named}: {reason}")
    return named


def _noted() -> str | None:
    """The cluster that this machine was last part of, which may have crashed since."""
    note = Path(os.environ.get("RAY_TMPDIR", tempfile.gettempdir())) / "ray" / "ray_current_cluster"
    return note.read_text().strip() if note.is_file() else None


def _unreachable(address: str) -> Exception | None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
    except (OSError, OverflowError, ValueError) as error:
        return error
    return None


def cores(ray: Any) -> int:
    """Number of cores of all present nodes, at least 1."""
    return max(int(ray.cluster_resources().get("CPU", 0)), 1)
