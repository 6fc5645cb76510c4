"""Panels as a file holds them, unchecked; a missing array is None."""

from dataclasses import dataclass, replace

import numpy as np

from miaudit.evidence.checks import NamedArray
from miaudit.evidence.io.stored import Stored
from miaudit.model_outputs import SCALARS


@dataclass(frozen=True, eq=False)
class Draft:
    """One panel of a file. If there is a pool, the panel may refer to its models instead of holding outputs."""

    name: str
    labels: NamedArray | None = None
    target: Stored | None = None
    target_models: NamedArray | None = None  # position in the pool of the model under attack
    references: Stored | None = None
    reference_models: NamedArray | None = None  # of the pool
    in_reference: NamedArray | None = None
    member: NamedArray | None = None
    ids: NamedArray | None = None
    shadow_targets: Stored | None = None  # of a population
    target_views: tuple[Stored, ...] = ()  # further views of the records
    reference_views: tuple[Stored, ...] = ()
    students: Stored | None = None  # models that learned what the target answers
    taught: NamedArray | None = None

    @property
    def outputs(self) -> tuple[Stored, ...]:
        """All outputs that the panel holds itself, without those of students."""
        single = (self.target, self.references, self.shadow_targets)
        return (*(one for one in single if one is not None), *self.target_views, *self.reference_views)

    def with_labels(self) -> "Draft":
        """The panel with label 0 for every record, if it has no labels and its models give one number per record."""
        if self.labels is not None or self.target is None or self.target.kind not in SCALARS:
            return self
        return replace(self, labels=_one_class(f"{self.name}.labels", self.target))


@dataclass(frozen=True, eq=False)
class PoolDraft:
    """The pool of a file. Without labels and ids, its records are the audited ones, in their order."""

    outputs: Stored
    in_training: NamedArray
    labels: NamedArray | None = None
    ids: NamedArray | None = None
    views: tuple[Stored, ...] = ()  # the same models on further views of the records

    def with_labels(self) -> "PoolDraft":
        """The pool with label 0 for each record, if it has ids, no labels, and models with one number per record."""
        if self.labels is not None or self.ids is None or self.outputs.kind not in SCALARS:
            return self
        return replace(self, labels=_one_class("pool.labels", self.outputs))


def _one_class(name: str, outputs: Stored) -> NamedArray:
    return NamedArray(name, np.zeros(outputs.tensor.shape[1], dtype=np.int64))
