"""Units that wait to be done, and what becomes of those whose process died."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from miaudit.errors import UserError

ATTEMPTS = 3  # a process may be killed from outside: its work is tried again


class Item(Protocol):
    """What a unit is made of."""

    @property
    def key(self) -> str:
        """Its name, other than that of any other item."""

    @property
    def deed(self) -> str:
        """What the process that is at it does, such as "trains a model"."""


ItemT = TypeVar("ItemT", bound=Item)


class Waiting(Generic[ItemT]):
    """A queue of units; false when it is empty. `advice` is for the user whose work is given up."""

    def __init__(self, units: Sequence[tuple[ItemT, ...]], advice: str) -> None:
        self._units, self._advice = deque(units), advice
        self._losses = Counter[str]()

    def __bool__(self) -> bool:
        return bool(self._units)

    def take(self) -> tuple[ItemT, ...]:
        """The next unit."""
        return self._units.popleft()

    def lost(self, left: tuple[ItemT, ...]) -> None:
        """Put what was left of a unit in front again, since its process died.

        Raises:
            UserError: an item of it has now been lost ATTEMPTS times.
        """
        self._losses.update(item.key for item in left)
        for item in left:
            if self._losses[item.key] == ATTEMPTS:
                raise UserError(
                    f"the process that {item.deed} was killed {ATTEMPTS} times (out of memory?); what is finished is "
                    f"kept: {self._advice}"
                )
        # One item at a time: the next loss then tells which one is to blame.
        self._units.extendleft((item,) for item in reversed(left))
