"""The contract of what keeps the state of a training, so that an interrupted one goes on from there."""

from typing import Protocol

from miaudit.arrays import Tensors
from miaudit.store.reached import Reached


class Snapshots(Protocol):
    """Keeps the last state of one model's training; `store.snapshots` has it in a folder."""

    @property
    def is_part(self) -> bool:
        """Is this the training of a mere part, such as a teacher, which is needed beyond its last epoch?"""

    def part(self, name: str) -> "Snapshots":
        """What keeps the training of a part of the model; each part has a name of its own."""

    def read(self) -> Tensors | None:
        """The last state; None if there is none, or (with a warning) if it is damaged."""

    def write(self, state: Tensors, reached: Reached) -> None:
        """Keep a state in place of the last one, whole or not at all.

        Args:
            state: everything that the rest of the training depends on.
            reached: how far the training has come.

        Raises:
            UserError: it cannot be written.
        """

    def discard(self) -> None:
        """Remove a state that is not one of this training, with a warning."""
