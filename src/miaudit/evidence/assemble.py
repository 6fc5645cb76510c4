"""From arrays as somebody wrote them to `Evidence`: every array is checked, then panels are put together."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.evidence import checks
from miaudit.evidence.checks import Given
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Evidence, Panel, View
from miaudit.evidence.pool import pool_evidence
from miaudit.evidence.stored import Stored


class Loaded(NamedTuple):
    """Evidence, and apart from it what no attack may see."""

    evidence: Evidence
    truth: Bools | None  # (n,) membership of the audited records, if it is known
    ids: Ints  # (n,) of the audited records, 0..n-1 if they have none


@dataclass(frozen=True, eq=False)
class Draft:
    """One panel, unchecked."""

    name: str
    labels: Given
    target: Stored
    references: Stored | None = None
    in_reference: Given | None = None
    member: Given | None = None
    ids: Given | None = None
    shadow_targets: Stored | None = None  # of a population

    @property
    def outputs(self) -> tuple[Stored, ...]:
        """All that models said in this panel."""
        return tuple(one for one in (self.target, self.references, self.shadow_targets) if one is not None)


def assemble(drafts: dict[str, Draft], is_pool: bool = False, pool_shadows: Given | None = None) -> Loaded:
    """Check every panel and all of them together.

    `is_pool`: the references of `audit` are shadows, too; those that `pool_shadows` numbers, else all.

    Raises:
        UserError: something is missing or wrong.
    """
    if "audit" not in drafts:
        raise UserError(f"expected a panel 'audit' with the records to judge, got {', '.join(drafts) or 'no panel'}")
    shadow_names = _shadow_names(drafts)
    panels = {name: _panel(draft) for name, draft in drafts.items()}
    checks.check_same_classes({one.name: one.tensor.shape[2] for draft in drafts.values() for one in draft.outputs})
    checks.check_same_references({name: panel.n_references for name, panel in panels.items()})
    audit, known, population = panels["audit"], panels.get("known"), panels.get("population")
    if known is not None:
        _needed_member("known", known)
    if population is not None:
        population = _unseen(population)
    if is_pool:
        evidence = pool_evidence(audit, population, known, _pool_shadows(pool_shadows, audit.n_references))
    else:
        shadows = tuple(panels[name] for name in shadow_names)
        for name, shadow in zip(shadow_names, shadows, strict=True):
            _needed_member(name, shadow)
        shadow_populations = _shadow_populations(drafts, population, len(shadows))
        evidence = Evidence(audit.hidden(), shadows, known, population, shadow_populations)
    for s, shadow in enumerate(evidence.shadows):
        checks.check_both_kinds(f"shadow {s}", _needed_member(f"shadow.{s}", shadow))
    return Loaded(evidence, audit.member, np.arange(len(audit)) if audit.ids is None else audit.ids)


def _panel(draft: Draft) -> Panel:
    labels = checks.check_labels(draft.labels)
    n = len(labels)
    checks.check_one_kind(draft.name, draft.outputs)
    for outputs in draft.outputs:
        checks.check_outputs(outputs, n)
    checks.check_range(draft.labels.name, labels, draft.target.tensor.shape[2])
    return Panel(
        target_view=View.whole(Outputs(labels, draft.target)),
        reference_view=None if draft.references is None else View.whole(Outputs(labels, draft.references)),
        in_reference=_in_reference(draft, n),
        member=None if draft.member is None else checks.check_flags(draft.member, (n,)),
        ids=None if draft.ids is None else checks.check_ids(draft.ids, n),
    )


def _in_reference(draft: Draft, n: int) -> Bools:
    R = 0 if draft.references is None else len(draft.references)
    if draft.in_reference is None:
        return np.zeros((R, n), dtype=bool)
    if not R:
        raise UserError(
            f"{draft.in_reference.name}: expected the outputs of these reference models, too; "
            f"got none in panel {draft.name}; write them, or leave {draft.in_reference.name} out"
        )
    return checks.check_flags(draft.in_reference, (R, n))


def _pool_shadows(given: Given | None, models: int) -> Ints:
    if given is None:
        return np.arange(models)
    shadows = checks.check_integers(given, (given.values.size,))
    outside = (shadows < 0) | (shadows >= models)
    if not len(shadows) or outside.any() or len(np.unique(shadows)) < len(shadows):
        raise UserError(f"{given.name}: expected different models from 0 to {models - 1}, got {shadows.tolist()}")
    return shadows


def _needed_member(name: str, panel: Panel) -> Bools:
    if panel.member is None:
        raise UserError(f"{name}.member: expected 1 for members and 0 for others, got none; attacks learn from it")
    return panel.member


def _unseen(population: Panel) -> Panel:
    """The population without its membership, which says of all records that they are none."""
    if population.member is not None and population.member.any():
        raise UserError(
            f"population.member: expected records that no audited model saw, got {population.member.sum():,} members; "
            "move them to the panel 'known'"
        )
    return population.hidden()


def _shadow_names(drafts: dict[str, Draft]) -> list[str]:
    found = {name for name in drafts if name.startswith("shadow.")}
    names = [f"shadow.{s}" for s in range(len(found))]
    missing = [name for name in names if name not in found]
    if missing:
        came = ", ".join(sorted(found))
        raise UserError(f"expected shadows numbered from 0 without a gap, got {came}; {missing[0]} is missing")
    return names


def _shadow_populations(drafts: dict[str, Draft], population: Panel | None, shadows: int) -> tuple[Panel, ...]:
    targets = drafts["population"].shadow_targets if population is not None else None
    if population is None or targets is None:
        return ()
    if len(targets) != shadows:
        raise UserError(
            f"{targets.name}: expected the outputs of the {shadows} shadow models, in their order, "
            f"got those of {len(targets)} models"
        )
    whole = View.whole(Outputs(population.labels, targets))
    return tuple(replace(population, target_view=replace(whole, models=np.array([s]))) for s in range(shadows))
