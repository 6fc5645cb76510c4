"""`Panel` and `Evidence`: what attacks are given."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence.outputs import Outputs


@dataclass(frozen=True, eq=False)
class View:
    """Some models and some records of a table of outputs: indices, never a copy."""

    outputs: Outputs
    models: Ints  # (M,) rows of the table
    records: Ints  # (n,) columns of the table

    @classmethod
    def whole(cls, outputs: Outputs) -> "View":
        """All models on all records."""
        return cls(outputs, np.arange(outputs.models), np.arange(len(outputs.labels)))

    @property
    def labels(self) -> Ints:
        """(n,)."""
        return self.outputs.labels[self.records]

    def signal(self, name: str) -> Floats:
        """(M, n, ...) float64."""
        return self.outputs.signal(name, self.models, self.records)

    def select(self, records: Ints) -> "View":
        """The same models on a subset of the records (positions within this view)."""
        return replace(self, records=self.records[records])


class Augmented(NamedTuple):
    """What the models said of the panel's records in another form (flipped, shifted), in the same order."""

    target: View
    references: View | None = None


@dataclass(frozen=True, eq=False)
class Panel:
    """A set of n records and what the models said about them.

    `member` is None for the records under audit, so that no attack can cheat even by accident. `ids` name records
    across panels: two panels that carry ids hold the same record where the ids agree; without ids every record is
    a different one. `views` are further forms of the same records, of which the models were asked, too.
    """

    target_view: View  # one model: the model under attack, or the shadow that stands for it
    reference_view: View | None = None  # R models
    in_reference: Bools = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))  # (R, n)
    member: Bools | None = None  # (n,)
    ids: Ints | None = None  # (n,)
    views: tuple[Augmented, ...] = ()

    def __len__(self) -> int:
        return len(self.target_view.records)

    @property
    def labels(self) -> Ints:
        """(n,) 0-based classes."""
        return self.target_view.labels

    @property
    def n_references(self) -> int:
        """R."""
        return 0 if self.reference_view is None else len(self.reference_view.models)

    @property
    def has_outsiders(self) -> bool:
        """Has every record a reference model that was not trained on it?"""
        return self.n_references > 0 and not bool(self.in_reference.all(axis=0).any())

    @property
    def n_classes(self) -> int:
        """C."""
        return int(self.target_view.outputs.values[0].shape[1])

    def target(self, signal: str) -> Floats:
        """The signal of the model under attack, (n,) or (n, C)."""
        return self.target_view.signal(signal)[0]

    def references(self, signal: str) -> Floats:
        """The signal of every reference model, (R, n) or (R, n, C)."""
        if self.reference_view is None:
            raise ValueError("this panel has no reference models")
        return self.reference_view.signal(signal)

    def each_view(self) -> tuple["Panel", ...]:
        """The panel as it is, then every further view of its records in the place of the first."""
        views = (Augmented(self.target_view, self.reference_view), *self.views)
        return tuple(replace(self, target_view=view.target, reference_view=view.references, views=()) for view in views)

    def changed(self, change: Callable[[View], View]) -> "Panel":
        """The panel with every view of a table changed."""

        def if_any(view: View | None) -> View | None:
            return None if view is None else change(view)

        return replace(
            self,
            target_view=change(self.target_view),
            reference_view=if_any(self.reference_view),
            views=tuple(Augmented(change(view.target), if_any(view.references)) for view in self.views),
        )

    def select(self, records: Ints) -> "Panel":
        """The same panel over some of its records (positions)."""
        return replace(
            self.changed(lambda view: view.select(records)),
            in_reference=self.in_reference[:, records] if self.n_references else self.in_reference,
            member=None if self.member is None else self.member[records],
            ids=None if self.ids is None else self.ids[records],
        )

    def hidden(self) -> "Panel":
        """The panel without its truth: what an attack may see of records under audit."""
        return replace(self, member=None)

    def with_members(self, member: Bools) -> "Panel":
        """The panel with the membership (n,) of its records: what an attacker knows of them."""
        return replace(self, member=member)


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything the attacker has observed, and nothing he has not."""

    audit: Panel  # records to judge; its member is None
    shadows: tuple[Panel, ...] = ()  # shadow models as targets, with known members
    known: Panel | None = None  # records whose membership in the target itself the attacker already knows
    population: Panel | None = None  # auxiliary records seen by no audited model
    shadow_populations: tuple[Panel, ...] = ()  # the population as each shadow sees it; empty if not collected

    def __post_init__(self) -> None:
        if self.audit.member is not None:
            raise ValueError("the audited panel must not carry its truth: use panel.hidden()")
        if any(shadow.member is None for shadow in self.shadows):
            raise ValueError("every shadow panel needs its member array")

    def on_shadow(self, s: int) -> "Evidence":
        """The evidence in which shadow s is the target: its records are judged, the truth is held back.

        The other shadows remain shadows. Nothing is known about the target's members here.
        """
        return Evidence(
            audit=self.shadows[s].hidden(),
            shadows=self.shadows[:s] + self.shadows[s + 1 :],
            population=self.shadow_populations[s] if self.shadow_populations else None,
        )

    def part(self, audit: Panel, known: Panel | None) -> "Evidence":
        """The evidence of an attacker who judges the records of `audit` and knows those of `known`."""
        return replace(self, audit=audit, known=known)

    def changed(self, change: Callable[[View], View]) -> "Evidence":
        """The evidence with every view of a table changed."""
        return replace(
            self,
            audit=self.audit.changed(change),
            shadows=tuple(shadow.changed(change) for shadow in self.shadows),
            known=None if self.known is None else self.known.changed(change),
            population=None if self.population is None else self.population.changed(change),
            shadow_populations=tuple(panel.changed(change) for panel in self.shadow_populations),
        )

    def renamed(self, names: Ints) -> "Evidence":
        """The same evidence with record i called `names[i]` wherever it stands."""

        def rename(panel: Panel) -> Panel:
            return panel if panel.ids is None else replace(panel, ids=names[panel.ids])

        return Evidence(
            audit=rename(self.audit),
            shadows=tuple(rename(shadow) for shadow in self.shadows),
            known=None if self.known is None else rename(self.known),
            population=None if self.population is None else rename(self.population),
            shadow_populations=tuple(rename(panel) for panel in self.shadow_populations),
        )


Part = TypeVar("Part")


def required(part: Part | None) -> Part:
    """A part of the evidence that the attack has declared to need; `check_needs` comes before the score."""
    if part is None:
        raise ValueError("the evidence lacks what the attack needs: call check_needs first")
    return part
