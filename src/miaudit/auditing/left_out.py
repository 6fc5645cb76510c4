"""Leaves out records that every reference model was trained on, which attacks with references cannot judge.

With 8 references that saw each record by a coin flip, this happens to one record in 256. If such records are few, they
are left out of the audit for all attacks, so that these remain comparable. If they are many, or many more on one side,
nothing is left out, because the remaining records would no longer represent those given; attacks that need a reference
are then skipped.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.stats import fisher_exact

from miaudit.arrays import Bools
from miaudit.attacks.base import Attack
from miaudit.evidence import Evidence, Panel
from miaudit.records.part import FEWEST

FEW = 0.05  # largest share of the members, and of the non-members, that is left out
CHANCE = 0.001  # p-value below which being left out is taken to depend on membership


class Judgeable(NamedTuple):
    """Evidence on the records that can be judged, and a mask (n,) of these among the audited records."""

    evidence: Evidence
    kept: Bools


def judgeable(evidence: Evidence, member: Bools | None, attacks: Iterable[Attack]) -> Judgeable:
    """The evidence without the few records that every reference was trained on, where an attack needs a reference.

    Args:
        evidence: what the attacker has observed of n records.
        member: (n,) their truth; None where it is not known.
        attacks: those that are asked; if none of them needs a reference, every record is kept.

    Returns:
        The same evidence where nothing is left out.
    """
    everything = np.ones(len(evidence.audit), dtype=bool)
    if not any(attack.needs.out_references for attack in attacks):
        return Judgeable(evidence, everything)
    kept = ~unjudged(evidence.audit.in_reference, member) if evidence.audit.n_references else everything
    shadows = tuple(_judgeable(shadow) for shadow in evidence.shadows)
    known = None if evidence.known is None else _judgeable(evidence.known)
    return Judgeable(replace(evidence, audit=_select(evidence.audit, kept), shadows=shadows, known=known), kept)


def unjudged(in_reference: Bools, member: Bools | None) -> Bools:
    """Mark the records (n,) that all references (R, n) were trained on; none if they are many, or common on one side.

    >>> int(unjudged(np.array([[True] + 99 * [False]]), None).sum())
    1
    >>> int(unjudged(np.array([50 * [True] + 50 * [False]]), None).sum())
    0
    """
    lacking: Bools = np.all(in_reference, axis=0)
    sides = [lacking] if member is None else [lacking[member], lacking[~member]]
    few = all(side.sum() <= FEW * len(side) and len(side) - side.sum() >= FEWEST for side in sides)
    return lacking if few and _alike(sides) else np.zeros_like(lacking)


def _alike(sides: list[Bools]) -> bool:
    """Is the share of records to leave out the same on all sides, up to chance?"""
    counts = [[int(side.sum()), int((~side).sum())] for side in sides]
    return len(sides) < 2 or fisher_exact(counts).pvalue >= CHANCE


def _judgeable(panel: Panel) -> Panel:
    return _select(panel, ~unjudged(panel.in_reference, panel.member)) if panel.n_references else panel


def _select(panel: Panel, kept: Bools) -> Panel:
    return panel if kept.all() else panel.select(np.flatnonzero(kept))
