"""Panels as somebody wrote them, unchecked: where an array is missing there is None."""

from dataclasses import dataclass

from miaudit.evidence.checks import Given
from miaudit.evidence.io.stored import Stored


@dataclass(frozen=True, eq=False)
class Draft:
    """One panel. Where there is a pool, its models may stand in the place of outputs."""

    name: str
    labels: Given | None = None
    target: Stored | None = None
    target_models: Given | None = None  # of the pool: the one under attack
    references: Stored | None = None
    reference_models: Given | None = None  # of the pool
    in_reference: Given | None = None
    member: Given | None = None
    ids: Given | None = None
    shadow_targets: Stored | None = None  # of a population
    target_views: tuple[Stored, ...] = ()  # further views of the records
    reference_views: tuple[Stored, ...] = ()

    @property
    def outputs(self) -> tuple[Stored, ...]:
        """What models said in this panel, the pool apart."""
        single = (self.target, self.references, self.shadow_targets)
        return (*(one for one in single if one is not None), *self.target_views, *self.reference_views)


@dataclass(frozen=True, eq=False)
class PoolDraft:
    """The pool. Without labels and ids its records are the audited ones, in their order."""

    outputs: Stored
    in_training: Given
    labels: Given | None = None
    ids: Given | None = None
