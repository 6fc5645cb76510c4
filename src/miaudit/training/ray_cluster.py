"""Joins a Ray cluster for as long as a run lasts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from miaudit.errors import UserError

AUTO = "auto"
CLIENT = "ray://"


def load_ray() -> Any:
    """The library; raises UserError where it is not installed."""
    # Said before it is loaded: an audit reports to nobody.
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
    """Connected to the cluster within the block; gives its number of cores.

    `auto` is the cluster that RAY_ADDRESS names or that this machine belongs to, else one on this machine alone, which
    ends with the block. A connection that is there already is used and left as it is.

    Raises:
        UserError: Ray is not installed, or there is no cluster at the address.
    """
    ray = load_ray()
    if ray.is_initialized():
        yield cores(ray)
        return
    if address.startswith(CLIENT):
        raise UserError(
            f"{address} is for Ray clients: expected HOST:PORT of the head node, from a machine in the cluster"
        )
    try:
        ray.init(
            address=None if address == AUTO else address,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UserError(f"cannot join a Ray cluster at {address}: {error}") from error
    try:
        yield cores(ray)
    finally:
        ray.shutdown()


def cores(ray: Any) -> int:
    """Cores of all nodes that are there now, at least 1."""
    return max(int(ray.cluster_resources().get("CPU", 0)), 1)
