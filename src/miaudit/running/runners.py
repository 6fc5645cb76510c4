"""Opens the runner that the user asks for: this machine, or a Ray cluster."""

from collections.abc import Iterator
from contextlib import contextmanager

from miaudit.errors import UserError
from miaudit.running.base import Runner
from miaudit.running.local import LocalRunner
from miaudit.running.ray_cluster import joined
from miaudit.running.ray_jobs import RayRunner


@contextmanager
def open_runner(jobs: int | None = None, ray: str | None = None) -> Iterator[Runner]:
    """A runner for the block: a Ray cluster if an address is given, else processes of this machine.

    Args:
        jobs: number of processes of this machine; None for as many as suit it.
        ray: address of the cluster, `HOST:PORT` or `auto`, which is joined within the block.

    Raises:
        UserError: both are given, Ray is not installed, or no cluster answers.
    """
    if ray is None:
        yield LocalRunner(jobs)
        return
    if jobs is not None:
        raise UserError(
            "`jobs` (--jobs) is for this machine: with a cluster as `runner` (--ray), all of its cores train; leave "
            "one of them out"
        )
    with joined(ray) as cores:
        yield RayRunner(ray, cores)
