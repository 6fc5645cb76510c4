"""The contract of a runner, which has models trained: on this machine, on a cluster, or elsewhere."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from miaudit.datasets.base import Dataset
from miaudit.running.pace import Pace
from miaudit.running.work import Work
from miaudit.store.base import Store

Progress = Callable[[str, int, int], None]  # called with the stage, how much of it is done, and of how much
Watch = Callable[[Pace], None]  # called now and then with the pace of training


def silent(stage: str, done: int, total: int) -> None:
    """Ignore the progress of a run."""


def unwatched(pace: Pace) -> None:
    """Ignore the pace of a run."""


class Tally(NamedTuple):
    """How many models a run trained, how many it found in the store, and how long it took."""

    trained: int
    cached: int
    seconds: float


class Runner(Protocol):
    """A runner, which has an audit's models trained, on this machine or elsewhere.

    `open_runner` gives one for as long as it is needed. A new kind of runner is one file with such a class, and a line
    in `open_runner`.

    Example:
        >>> with open_runner(jobs=2) as runner:  # doctest: +SKIP
        ...     tally = runner.run(plan.works, plan.data, store, device=plan.device)
    """

    @property
    def at_once(self) -> int | None:
        """Number of models trained at the same time; None if that depends on the machine and on the models."""

    @property
    def processes_here(self) -> int | None:
        """Number of processes that may run on this machine, for attacks too; None for one per core."""

    def run(
        self,
        works: Sequence[Work],
        data: Dataset,
        store: Store,
        progress: Progress = silent,
        watch: Watch = unwatched,
        device: str = "cpu",
    ) -> Tally:
        """Do all work whose outputs are not in the store; what is finished survives an interrupt or a failure.

        Args:
            works: the models to train and the records to ask them about.
            data: the records, which all models share.
            store: where models and their outputs are kept.
            progress: called with the number of works that are done.
            watch: called now and then with the pace of training.
            device: the device that networks are trained on.

        Raises:
            UserError: a model cannot be trained, or the process that trains it is killed again and again.
        """
