"""The type of a split: rows of the data set, and the roles of the models trained on them."""

from dataclasses import dataclass, field, replace
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
    unlabelled: Ints = field(default_factory=no_rows)  # what defences that distil learn from, without its labels

    @property
    def audited(self) -> Ints:
        """All audited rows: members, then non-members."""
        return np.concatenate([self.members, self.nonmembers])

    def only(self, models: Ints) -> "Split":
        """The split with some of its models (rising positions), each in the roles that it had."""
        place = np.full(len(self.training), -1)
        place[models] = np.arange(len(models))

        def among(positions: Ints) -> Ints:
            found = place[positions]
            return found[found >= 0]

        shadows = tuple(
            replace(role, model=int(place[role.model]), references=among(role.references))
            for role in self.shadows
            if place[role.model] >= 0
        )
        training = tuple(self.training[m] for m in models)
        return replace(self, training=training, shadows=shadows, references=among(self.references))


class Splitter(Protocol):
    """A split's plug-in: a frozen pydantic dataclass."""

    def split(self, n: int, seed: int) -> Split:
        """Split n records; raises UserError if there are too few."""
