"""Who trains: processes of this machine, or the nodes of a cluster."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.running.local import Progress, Tally, Watch, run_local
from miaudit.running.ray_cluster import joined
from miaudit.running.work import Work
from miaudit.store.checkpoints import Store


@dataclass(frozen=True)
class Cluster:
    """A Ray cluster."""

    address: str
    cores: int


Workers = int | Cluster | None  # processes of this machine, None for as many as suit it


@contextmanager
def workers_for(jobs: int | None, address: str | None) -> Iterator[Workers]:
    """The cluster at the address, joined within the block; without an address, processes of this machine.

    Raises:
        UserError: both are given, Ray is not installed, or there is no cluster.
    """
    if address is None:
        yield jobs
        return
    if jobs is not None:
        raise UserError("--jobs is for this machine: with --ray, all cores of the cluster train")
    with joined(address) as cores:
        yield Cluster(address, cores)


def at_once(workers: Workers) -> int | None:
    """How many models the workers are asked to train at the same time; None where the machine decides."""
    return workers.cores if isinstance(workers, Cluster) else workers


def processes_here(workers: Workers) -> int | None:
    """How many processes of this machine may run; None for one per core, as beside a cluster."""
    return None if isinstance(workers, Cluster) else workers


def run_on(
    works: Sequence[Work],
    data: Dataset,
    store: Store,
    workers: Workers,
    progress: Progress,
    watch: Watch,
    device: str,
) -> Tally:
    """Do all the work that is not yet stored; raises UserError where a job fails."""
    if not isinstance(workers, Cluster):
        return run_local(works, data, store, workers, progress, watch=watch, device=device)
    from miaudit.running.ray_jobs import run_ray

    return run_ray(works, data, store, workers.address, progress, watch=watch, device=device)
