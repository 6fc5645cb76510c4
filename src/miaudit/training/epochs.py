"""The epochs of a training, which goes on from its last snapshot and makes another one now and then."""

import time
import warnings
from collections.abc import Iterator

import numpy as np

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.store.reached import Reached
from miaudit.training.snapshots import Snapshots
from miaudit.training.state import TrainingState
from miaudit.training.unseen import unseen_in

EVERY = 60.0  # least number of seconds between two snapshots: shorter trainings have none
SHARE = 0.01  # of the time, at most, that snapshots take
BYTES_PER_SECOND = 50e6  # supposed speed of hash and disk, until the first one is written


def epochs_left(
    state: TrainingState, epochs: int, samples: int, snapshots: Snapshots | None = None, together: int = 1
) -> Iterator[int]:
    """The epochs (0-based) that are still to be trained.

    The state is that of the last snapshot once the first epoch is taken. It is kept between two epochs, so the weights
    that come out are the same bits with and without an interruption.

    Args:
        state: the training's state.
        epochs: number of epochs of the whole training.
        samples: number of records that an epoch passes over.
        snapshots: keeps the training's last state; None if nobody does.
        together: number of networks that are trained at the same time, which share it equally.
    """
    if snapshots is None:
        yield from range(epochs)
        return
    begun, earlier = _taken_up(state, epochs, snapshots)
    keeper = _Keeper(state, snapshots)
    for epoch in range(begun, epochs):
        yield epoch
        if keeper.is_due() and (snapshots.is_part or epoch + 1 < epochs):
            seconds = earlier + (time.monotonic() - keeper.start) / together
            keeper.keep(Reached(epoch + 1, epochs, (epoch + 1) * samples, seconds))


def _taken_up(state: TrainingState, epochs: int, snapshots: Snapshots) -> tuple[int, float]:
    """Number of epochs that are done, and the seconds that they took, once the state is that of the last snapshot."""
    tensors = snapshots.read()
    if tensors is None:
        return 0, 0.0
    epoch, seconds = (_number(tensors.pop(name, None)) for name in ("epoch", "seconds"))
    if 0 < epoch <= epochs and 0 <= seconds < np.inf and state.take_up(tensors):
        return int(epoch), seconds
    snapshots.discard()
    return 0, 0.0


def _number(array: object) -> float:
    """The number in an array of one; -1 for anything else."""
    return float(array[0]) if isinstance(array, np.ndarray) and array.shape == (1,) and array.dtype == float else -1.0


class _Keeper:
    """Keeps a training's state as often as its cost allows."""

    def __init__(self, state: TrainingState, snapshots: Snapshots) -> None:
        self.state, self.snapshots = state, snapshots
        self.unseen = unseen_in(state.module)
        self.start = self.last = time.monotonic()
        self.cost: float | None = None  # seconds that the last snapshot took
        self.ended = self.unseen is None  # nothing is kept any more

    def is_due(self) -> bool:
        """Has it been long enough since the last snapshot?"""
        since = time.monotonic() - self.last
        if self.ended or since < EVERY:
            return False
        cost = self.state.bytes / BYTES_PER_SECOND if self.cost is None else self.cost
        return since >= cost / SHARE

    def keep(self, reached: Reached) -> None:
        """Keep the state, unless it would not be whole; a failure costs a warning, and later ones are not tried."""
        if unseen_in(self.state.module) != self.unseen:
            self.ended = True
            return
        start = time.monotonic()
        numbers: Tensors = {"epoch": np.array([float(reached.epoch)]), "seconds": np.array([reached.seconds])}
        try:
            self.snapshots.write(self.state.tensors() | numbers, reached)
        except (UserError, MemoryError) as error:
            reason = str(error) or "too little memory for a copy of the state"
            warnings.warn(f"training goes on without snapshots: {reason}", stacklevel=3)
            self.ended = True
        self.last = time.monotonic()
        self.cost = self.last - start
