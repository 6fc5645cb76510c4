"""Scores candidates against the pool as it is, on the same targets and records."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np

import miaudit.attacks.ensemble as the_ensemble
from _references_arrangements import panel
from _references_bank import POOL, Bank
from _references_candidates import Candidate, Seconds
from _strength_models import SEED, TARGETS
from miaudit import registry
from miaudit.arrays import Bools, Floats
from miaudit.attacks._ensemble_features import Sides, balanced_sides
from miaudit.attacks._ensemble_features import directions as own_directions
from miaudit.attacks._ensemble_features import features as own_features
from miaudit.attacks.base import Attack
from miaudit.evidence import Evidence, Panel
from miaudit.seeds import generator
from miaudit.splits.pool import pool_over


def scores(bank: Bank, candidate: Candidate, name: str, size: int) -> Floats | None:
    """Scores (targets, n) of an attack; None if the ensemble has nothing to learn on, and no features can help it."""
    attack: Attack = registry.build("attacks", name, {})
    rows = []
    for target in range(TARGETS):
        evidence = _evidence(bank, candidate, size, POOL + target)
        learns = any(shadow.has_outsiders for shadow in evidence.shadows)
        if candidate.features is not None and not learns:
            return None
        with _changed(bank, candidate):
            rows.append(attack.score(evidence, generator(SEED, "attack", name)))
    return np.stack(rows)


def truth(bank: Bank) -> Bools:
    """(targets, n) members of each target."""
    return bank.inside[POOL:]


def seconds_of(bank: Bank) -> Seconds:
    """Mean CPU time of each kind of training."""

    def mean(values: list[float]) -> float:
        return float(np.mean(values))

    targets = range(POOL, POOL + TARGETS)
    return Seconds(
        mean([run.seconds for run in bank.runs]),
        mean([run.seconds for run in bank.on_population]),
        mean([bank.student(teacher, s, on_half=False).seconds for teacher in targets for s in range(4)]),
        mean([bank.student(teacher, s, on_half=True).seconds for teacher in targets for s in range(4)]),
    )


def _evidence(bank: Bank, candidate: Candidate, size: int, target: int) -> Evidence:
    split = bank.models.pool.split
    roles = pool_over(split.members, split.nonmembers, size, size, SEED).shadows if candidate.has_shadows else ()
    everyone = np.arange(size)
    shadows = (
        panel(
            bank, role.model, everyone if candidate.everyone else role.references, candidate.arrangement
        ).with_members(bank.inside[role.model])
        for role in roles
    )
    return Evidence(panel(bank, target, everyone, candidate.arrangement), tuple(shadows)).with_floor()


@contextmanager
def _changed(bank: Bank, candidate: Candidate) -> Iterator[None]:
    """The ensemble with the candidate's features, and sides that are balanced by models and not by their copies."""
    changed = _Changed(bank, candidate)
    with ExitStack() as stack:
        for name in ("features", "directions", "balanced_sides"):
            stack.enter_context(patch.object(the_ensemble, name, getattr(changed, name)))
        yield


@dataclass
class _Changed:
    """The parts of the ensemble that a candidate changes."""

    bank: Bank
    candidate: Candidate
    further: int = 0  # features beside the ensemble's own

    def features(self, panel: Panel, chosen: Sides, online: bool, temperature: float) -> Floats:
        found = self.candidate.features(self.bank, panel, chosen) if self.candidate.features else []
        self.further = len(found)
        own = own_features(panel, chosen, online, temperature)
        return np.column_stack([np.zeros_like(own) if self.candidate.alone else own, *found])

    def directions(self, panel: Panel, online: bool) -> list[int]:
        return [*own_directions(panel, online), *[0] * self.further]

    def balanced_sides(self, shadow: Panel, rng: np.random.Generator) -> Sides:
        copies = self.candidate.copies
        one_each = balanced_sides(replace(shadow, in_reference=shadow.in_reference[::copies]), rng)
        return Sides(*(np.repeat(side, copies, axis=0) for side in one_each))
