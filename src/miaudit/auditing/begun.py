"""The models of a plan whose training was interrupted: how far it had come, and what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from miaudit.running.units import samples
from miaudit.running.work import Work
from miaudit.store.base import Store
from miaudit.store.reached import Reached
from miaudit.store.snapshots import reached_by

MOST_NAMED = 4  # most trainings that are named one by one


@dataclass(frozen=True)
class Begun:
    """How far the training of models has come that are not in the store, by the keys of their jobs."""

    by_job: dict[str, Reached]

    @classmethod
    def of(cls, works: Sequence[Work], store: Store | None) -> "Begun":
        """Look for snapshots of these works' models; there are none where there is no store."""
        if store is None:
            return cls({})
        found = {work.job.key: reached_by(store.near, work.job.key) for work in works}
        return cls({key: reached for key, reached in found.items() if reached is not None})

    def left(self, work: Work) -> float:
        """The share of a model's training that is still to be done."""
        reached, every = self.by_job.get(work.job.key), samples(work)
        return 1.0 if reached is None or not every else max(0.0, 1 - reached.samples / every)

    @property
    def text(self) -> str:
        """Which trainings go on, in words; empty if none was begun.

        >>> Begun({"a": Reached(37, 100, 37_000, 60.0)}).text
        'the training of 1 model goes on after epoch 37 of 100'
        """
        if not self.by_job:
            return ""
        count = len(self.by_job)
        where = sorted({f"{reached.epoch} of {reached.epochs}" for reached in self.by_job.values()})
        named = f"after epoch {', '.join(where)}" if len(where) <= MOST_NAMED else "where it was interrupted"
        return f"the training of {count} model{'' if count == 1 else 's'} goes on {named}"
