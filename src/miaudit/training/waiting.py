"""Units that wait to be done, and what becomes of those whose process died."""

from collections import Counter, deque
from collections.abc import Sequence

from miaudit.errors import UserError
from miaudit.training.units import Unit
from miaudit.training.work import Work

ATTEMPTS = 3  # a process may be killed from outside: its work is tried again


class Waiting:
    """A queue; false when it is empty. `advice` is for the user whose work is given up."""

    def __init__(self, units: Sequence[Unit], advice: str) -> None:
        self._units, self._advice = deque(units), advice
        self._losses = Counter[str]()

    def __bool__(self) -> bool:
        return bool(self._units)

    def take(self) -> Unit:
        """The next unit."""
        return self._units.popleft()

    def lost(self, left: Unit) -> None:
        """Put what was left of a unit in front again, since its process died.

        Raises:
            UserError: a work of it has now been lost ATTEMPTS times.
        """
        self._losses.update(work.key for work in left)
        for work in left:
            if self._losses[work.key] == ATTEMPTS:
                raise UserError(_given_up(work, self._advice))
        # One work at a time: the next loss then tells which one is to blame.
        self._units.extendleft((work,) for work in reversed(left))


def _given_up(work: Work, advice: str) -> str:
    job = work.job
    return (
        f"the process that trains a model ({len(job.rows):,} records, seed {job.seed}, key {job.key}) was killed "
        f"{ATTEMPTS} times (out of memory?); finished models are kept: {advice}"
    )
