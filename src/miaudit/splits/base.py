"""The type of a split: rows of the data set, and the roles of the models trained on them."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from miaudit.arrays import Ints


def no_rows() -> Ints:
    """An empty array of rows."""
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class ShadowRole:
    """An auxiliary model that stands for the target, on records whose membership the attacker knows."""

    model: int  # position in Split.training
    inside: Ints  # rows of the panel that the model was trained on
    outside: Ints  # rows of the panel that it was not trained on
    references: Ints  # positions of the models that serve as its references


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of one data set. Model m of `training` is trained on the rows `training[m]`."""

    members: Ints  # the target's training records, all audited
    nonmembers: Ints  # audited records that the target was not trained on
    training: tuple[Ints, ...] = ()
    shadows: tuple[ShadowRole, ...] = ()
    references: Ints = field(default_factory=no_rows)  # positions of the audited panel's reference models
    population: Ints = field(default_factory=no_rows)
    test: Ints = field(default_factory=no_rows)  # seen by no model: test accuracy and early stopping

    @property
    def audited(self) -> Ints:
        """Members, then non-members."""
        return np.concatenate([self.members, self.nonmembers])


class Splitter(Protocol):
    """A split's plug-in: a frozen pydantic dataclass."""

    def split(self, n: int, seed: int) -> Split:
        """Split n records; raises UserError if there are too few."""
