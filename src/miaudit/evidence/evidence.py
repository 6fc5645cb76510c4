"""`Evidence`: everything that an attack may read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from miaudit.arrays import Ints
from miaudit.evidence.checks import check_membership, check_same_classes, check_same_scalars, check_same_views
from miaudit.evidence.floor import common_floor, common_unit
from miaudit.evidence.panel import Panel, View


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that the attacker has observed, and nothing else; `Evidence.of` checks what it is given."""

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

    @classmethod
    def of(
        cls,
        audit: Panel,
        shadows: Sequence[Panel] = (),
        known: Panel | None = None,
        population: Panel | None = None,
        shadow_populations: Sequence[Panel] = (),
    ) -> "Evidence":
        """Build evidence from panels (`Panel.of`), checked together, with one floor for all probabilities.

        The membership of the audited records is left out, since no attack may see it.

        Args:
            audit: the records to judge; its target is the audited model.
            shadows: one panel for each shadow model, which is its target; each needs members and non-members.
            known: records whose membership in the audited model the attacker knows.
            population: records that neither the audited model nor a shadow was trained on.
            shadow_populations: the same population with each shadow as target, in the order of the shadows.

        Raises:
            UserError: panels differ in their number of classes or of further views, a shadow has no members or no
                non-members, `known` has no membership, or the population has members.

        >>> shadow = Panel.of(target=[[3.0, 0.0], [1.0, 0.0]], labels=[0, 0], member=[True, False])
        >>> evidence = Evidence.of(Panel.of(target=[[2.0, 0.0]], labels=[0]), shadows=[shadow])
        >>> evidence.audit.target("scaled_logit"), evidence.shadows[0].member
        (array([2.]), array([ True, False]))
        """
        evidence = cls(
            audit=audit.hidden(),
            shadows=tuple(shadows),
            known=known,
            population=None if population is None else population.hidden(),
            shadow_populations=tuple(panel.hidden() for panel in shadow_populations),
        )
        named = {"audit": audit, "known": known, "population": population}
        panels = {name: panel for name, panel in named.items() if panel is not None}
        panels |= {f"shadow.{s}": shadow for s, shadow in enumerate(shadows)}
        check_same_classes({name: panel.n_classes for name, panel in panels.items()})
        check_same_scalars({name: panel.kind for name, panel in panels.items()})
        check_roles(panels)
        return evidence.with_floor()

    def panels(self) -> Iterator[Panel]:
        """Yield every panel of the evidence."""
        yield self.audit
        yield from self.shadows
        yield from self.shadow_populations
        yield from (panel for panel in (self.known, self.population) if panel is not None)

    @property
    def floor(self) -> float | None:
        """The probability that 0 is read as; None if all models give logits."""
        floors = [table.floor for panel in self.panels() for table in panel.tables() if table.kind == "probs"]
        return max(floors, default=None)

    def with_floor(self) -> "Evidence":
        """Return the evidence with one floor for the probabilities or losses of all models, and one unit for scores.

        It is unchanged if all models give logits.
        """
        tables = {id(outputs): outputs for panel in self.panels() for outputs in panel.tables()}
        floor, unit = common_floor(tables.values()), common_unit(self.audit)
        if floor is None and unit is None:
            return self
        raised = {name: outputs.in_common(floor, unit) for name, outputs in tables.items()}
        return self.changed(lambda view: replace(view, outputs=raised[id(view.outputs)]))

    def on_shadow(self, s: int) -> "Evidence":
        """Return the evidence with shadow s as the target: its records are judged, their membership is held back.

        The other shadows remain shadows. Nothing is known about the target's members here.
        """
        return Evidence(
            audit=self.shadows[s].hidden(),
            shadows=self.shadows[:s] + self.shadows[s + 1 :],
            population=self.shadow_populations[s] if self.shadow_populations else None,
        )

    def part(self, audit: Panel, known: Panel | None) -> "Evidence":
        """Return the evidence of an attacker who judges the records of `audit` and knows those of `known`."""
        return replace(self, audit=audit, known=known)

    def changed(self, change: Callable[[View], View]) -> "Evidence":
        """Return the evidence with `change` applied to every view of a table."""
        return self.each(lambda panel: panel.changed(change))

    def renamed(self, names: Ints) -> "Evidence":
        """Return the evidence in which record i is called `names[i]` wherever it stands."""
        return self.each(lambda panel: panel if panel.ids is None else replace(panel, ids=names[panel.ids]))

    def each(self, change: Callable[[Panel], Panel]) -> "Evidence":
        """Return the evidence with `change` applied to every panel."""
        return Evidence(
            audit=change(self.audit),
            shadows=tuple(map(change, self.shadows)),
            known=None if self.known is None else change(self.known),
            population=None if self.population is None else change(self.population),
            shadow_populations=tuple(map(change, self.shadow_populations)),
        )


def check_roles(panels: dict[str, Panel]) -> None:
    """Raise UserError where panels (by name) have unlike numbers of views, or a membership that their role excludes.

    A population, and a panel without references, may have another number of views.
    """
    compared = {name: panel for name, panel in panels.items() if panel.n_references and name != "population"}
    check_same_views({name: len(panel.views) for name, panel in compared.items()})
    for name, panel in panels.items():
        check_membership(name, panel.member)
