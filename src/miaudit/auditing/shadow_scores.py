"""Scores the records of shadows, whose members are known, as if they were under audit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Attack, CrossFits, CrossFitted, Folds, check_needs
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required

FOLDS = 5
MANY = 20_000  # records of a shadow, half of which are enough to learn from
JUDGED_SHADOWS = 8  # shadows whose scores set the cut of an attack that learns nothing; one for those that learn
FEWEST_JUDGED, JUDGED_RECORDS = 2, 200_000  # fewer shadows set it where their first ones hold so many records


class KnownScores(NamedTuple):
    """Scores of records whose membership the attacker knows."""

    scores: Floats  # (m,)
    member: Bools  # (m,)
    labels: Ints  # (m,)


def judged_shadows(attack: Attack, evidence: Evidence) -> list[int]:
    """The shadows on which the cut is chosen: the first few that have everything the attack needs.

    An attack that reads references takes another form where none was trained on a record: such shadows set no cut for
    audited records on which some were.
    """
    able = [s for s in range(len(evidence.shadows)) if serves(attack, _as_target(attack, evidence, s))]
    if attack.needs.out_references and not attack.learns and evidence.audit.in_reference.any():
        able = [s for s in able if evidence.shadows[s].in_reference.any()]
    if attack.learns:
        return able[:1]
    held = np.cumsum([len(evidence.shadows[s]) for s in able])
    enough = 1 + int(np.searchsorted(held, JUDGED_RECORDS))
    return able[: min(max(enough, FEWEST_JUDGED), JUDGED_SHADOWS)]


def _as_target(attack: Attack, evidence: Evidence, s: int) -> Evidence:
    """Evidence with shadow s under audit; for an attack that learns, the shadow also stays among its training data."""
    on_shadow = evidence.on_shadow(s)
    return replace(on_shadow, shadows=evidence.shadows) if attack.learns else on_shadow


def serves(attack: Attack, evidence: Evidence) -> bool:
    """Does the evidence hold all that the attack needs?"""
    try:
        check_needs("", attack, evidence)
    except UserError:
        return False
    return True


def shadow_scores(attack: Attack, evidence: Evidence, judged: Sequence[int], rng: np.random.Generator) -> KnownScores:
    """Scores of shadows' records, each by a classifier that did not learn from that record."""
    parts = [
        _cross_fit(attack, evidence, s, rng) if attack.learns else _plain(attack, evidence, s, rng) for s in judged
    ]
    scores, member, labels = (np.concatenate(column) for column in zip(*parts, strict=True))
    return KnownScores(scores, member, labels)


def _plain(attack: Attack, evidence: Evidence, s: int, rng: np.random.Generator) -> KnownScores:
    shadow = evidence.shadows[s]
    return KnownScores(attack.score(evidence.on_shadow(s), rng), required(shadow.member), shadow.labels)


def folds_of(shadow: Panel) -> Folds:
    """How the records of a shadow are dealt: the more there are, the fewer classifiers are trained to score them.

    Where there are MANY members and MANY non-members, one half of the records is enough to choose a cut on.
    """
    members = int(required(shadow.member).sum())
    if min(members, len(shadow) - members) >= MANY:
        return Folds(2, judged=1)
    count = 2 if len(shadow) >= MANY else min(FOLDS, len(shadow))
    return Folds(count, judged=count)


def cross_fitted(attack: CrossFits, evidence: Evidence, s: int, rng: np.random.Generator) -> CrossFitted:
    """Let an attack cross-fit shadow s, in as many folds as its number of records asks for."""
    return attack.cross_fitted(evidence, s, folds_of(evidence.shadows[s]), rng)


def known_of(found: CrossFitted, shadow: Panel) -> KnownScores:
    """The scores of the shadow's records that were held out, with their truth."""
    return KnownScores(found.held_out, required(shadow.member)[found.rows], shadow.labels[found.rows])


def _cross_fit(attack: Attack, evidence: Evidence, s: int, rng: np.random.Generator) -> KnownScores:
    """Score each judged fold of shadow s by a classifier that learned from the other records of all shadows."""
    shadow = evidence.shadows[s]
    if isinstance(attack, CrossFits):
        return known_of(cross_fitted(attack, evidence, s, rng), shadow)
    folds = folds_of(shadow)
    fold = rng.permutation(len(shadow)) % folds.number
    scores = np.empty(len(shadow))
    population = evidence.shadow_populations[s] if evidence.shadow_populations else None
    for k in range(folds.judged):
        held_out = np.flatnonzero(fold == k)
        rest = tuple(_without(panel, shadow, held_out, is_same=i == s) for i, panel in enumerate(evidence.shadows))
        part = Evidence(
            audit=shadow.select(held_out).hidden(),
            shadows=rest,
            population=population,
            shadow_populations=evidence.shadow_populations,
        )
        scores[held_out] = attack.score(part, rng)
    rows = np.flatnonzero(fold < folds.judged)
    return KnownScores(scores[rows], required(shadow.member)[rows], shadow.labels[rows])


def _without(panel: Panel, other: Panel, held_out: Ints, is_same: bool) -> Panel:
    """The panel without the records that are held out of `other`."""
    if is_same:
        return panel.select(np.setdiff1d(np.arange(len(panel)), held_out))
    if panel.ids is None or other.ids is None:  # different records
        return panel
    return panel.select(np.flatnonzero(~np.isin(panel.ids, other.ids[held_out])))
