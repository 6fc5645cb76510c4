"""The queue of units, to which units return if their process dies."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from miaudit.errors import UserError

ATTEMPTS = 3  # tries, since a process may be killed from outside


class Item(Protocol):
    """One piece of work within a unit."""

    @property
    def key(self) -> str:
        """A name that no other item has."""

    @property
    def deed(self) -> str:
        """What a process that works on it does, such as "trains a model"."""


ItemT = TypeVar("ItemT", bound=Item)


class Waiting(Generic[ItemT]):
    """A queue of units, which is false if it is empty. `advice` is for the user whose work is given up."""

    def __init__(self, units: Sequence[tuple[ItemT, ...]], advice: str) -> None:
        self._units, self._advice = deque(units), advice
        self._losses = Counter[str]()

    def __bool__(self) -> bool:
        return bool(self._units)

    def take(self) -> tuple[ItemT, ...]:
        """Take the next unit from the queue."""
        return self._units.popleft()

    def lost(self, left: tuple[ItemT, ...]) -> None:
        """Return the rest of a unit to the front of the queue, since its process died.

        Raises:
            UserError: one of its items has now been lost ATTEMPTS times.
        """
        self._losses.update(item.key for item in left)
        for item in left:
            if self._losses[item.key] == ATTEMPTS:
                raise UserError(
                    f"the process that {item.deed} was killed {ATTEMPTS} times (out of memory?); what is finished is "
                    f"kept: {self._advice}"
                )
        # One item at a time, so that the next loss shows which one is to blame.
        self._units.extendleft((item,) for item in reversed(left))
