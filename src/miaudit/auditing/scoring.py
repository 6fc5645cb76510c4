"""Runs attacks: scores the audited records, and chooses a cut without their truth."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks.base import Attack, CrossFits, Cut, Explains, HasForms, HasOwnCut, Settles, check_needs
from miaudit.auditing.known import Knowable, dealt_evidence, is_dealt
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.guard import foreign, is_foreign
from miaudit.maths.moments import mean_of
from miaudit.seeds import generator
from miaudit.thresholds.base import Threshold
from miaudit.thresholds.per_class import PerClass

Rule = Threshold | PerClass

FOLDS = 5
FEWER_FOLDS = 2  # where a shadow has MANY records, half of which are enough to learn from
MANY = 20_000
JUDGED_SHADOWS = 8  # shadows whose scores set the cut of an attack that learns nothing; one for those that learn
FEWEST_JUDGED, JUDGED_RECORDS = 2, 200_000  # fewer shadows set it where their first ones hold so many records


class Judged(NamedTuple):
    """The scores and the cut of one attack."""

    scores: Floats  # (n,)
    cut: Cut | None  # None where there are no known members to choose one on
    learned: dict[str, Any]


def settled(attack: Attack, evidence: Evidence) -> Attack:
    """The attack with its hyper-parameters chosen on this evidence, so that scores and cut use the same ones."""
    return attack.settled(evidence) if isinstance(attack, Settles) else attack


def attacker_of(attack: Attack, evidence: Evidence, knowable: Knowable | None, seed: int) -> Evidence:
    """The evidence on which an attack chooses its cut and explains what it learned.

    An attack that needs known records, where the evidence has none, is given a share of the knowable ones: those known
    to the attacker who judges the first part of the records.

    Args:
        attack: the attack.
        evidence: what was observed.
        knowable: the truth of the audited records, and the share of it that an attacker may know; None to tell none.
        seed: the audit's seed.
    """
    if knowable is None or not is_dealt(attack, evidence):
        return evidence
    return next(dealt_evidence(evidence, knowable, generator(seed, "known")))[1]


def score(name: str, attack: Attack, evidence: Evidence, seed: int, knowable: Knowable | None = None) -> Floats:
    """Scores (n,) in float64 of the audited records, each by an attacker who does not know the record.

    An attack that needs known records, where the evidence has none, is given a share of the knowable ones.

    Args:
        name: the attack's title, for messages.
        attack: the attack.
        evidence: what was observed.
        seed: the audit's seed.
        knowable: the truth of the audited records, and the share of it that an attacker may know; None to tell none.

    Raises:
        UserError: the evidence lacks what the attack needs, or a score is not finite.
    """
    if knowable is None or not is_dealt(attack, evidence):
        return _checked(name, attack, evidence, seed)
    scores = np.empty(len(evidence.audit))
    for judged, part in dealt_evidence(evidence, knowable, generator(seed, "known")):
        scores[judged] = _checked(name, attack, part, seed)
    return scores


def _checked(name: str, attack: Attack, evidence: Evidence, seed: int) -> Floats:
    check_needs(name, attack, evidence)
    with _guarded(name, attack, evidence):
        scores = np.asarray(attack.score(evidence, generator(seed, "attack", name)), dtype=np.float64)
    if scores.shape != (len(evidence.audit),) or not np.isfinite(scores).all():
        raise UserError(
            f"attack {name} must give {len(evidence.audit)} finite scores; got shape {scores.shape} with "
            f"{int((~np.isfinite(scores)).sum())} that are not finite"
        )
    return scores


def learned(name: str, attack: Attack, evidence: Evidence, seed: int) -> dict[str, Any]:
    """Get what the attack reports about what it learned; empty if it reports nothing.

    Args:
        name: the attack's title, for messages.
        attack: the attack.
        evidence: what the attacker knows.
        seed: the audit's seed.
    """
    with _guarded(name, attack, evidence):
        return attack.explain(evidence, generator(seed, "attack", name)) if isinstance(attack, Explains) else {}


def _guarded(name: str, attack: Attack, evidence: Evidence) -> AbstractContextManager[None]:
    """A guard around attacks of other packages. Errors in miaudit's own attacks must show as they are."""
    return foreign(f"attack {name}", len(evidence.audit)) if is_foreign(attack) else nullcontext()


ON_SHADOWS = "shadow models"  # where a cut was chosen, as its rule says


class KnownScores(NamedTuple):
    """Scores of records whose membership the attacker knows."""

    scores: Floats  # (m,)
    member: Bools  # (m,)
    labels: Ints  # (m,)


def choose_cut(name: str, attack: Attack, evidence: Evidence, threshold: Rule, seed: int) -> Cut | None:
    """The attack's own cut, else the threshold's on shadows, else on the known records, else None.

    Shadows and known records that lack what the attack needs (references, say) are passed over, and so are known
    records on which its score takes another form than on the audited ones.
    """
    rng = generator(seed, "attack", name)
    if isinstance(attack, HasOwnCut):
        return attack.cut(evidence, rng)
    shadows = judged_shadows(attack, evidence)
    if shadows:
        return cut_on(shadow_scores(attack, evidence, shadows, rng), threshold, ON_SHADOWS)
    if evidence.known is None:
        return None
    on_known = Evidence(audit=evidence.known.hidden(), population=evidence.population)
    if not serves(attack, on_known) or _form(attack, on_known) != _form(attack, evidence):
        return None
    scores = np.asarray(attack.score(on_known, rng), dtype=np.float64)
    known = KnownScores(scores, _member(evidence.known), evidence.known.labels)
    return cut_on(known, threshold, "records with known membership")


def cut_on(known: KnownScores, threshold: Rule, where: str) -> Cut:
    """The threshold's cut on scores of known members, or a cut per class."""
    rule = f"{threshold} on {where}"
    if not isinstance(threshold, PerClass):
        chosen = threshold.cut(known.scores, known.member)
        return Cut(chosen.value, rule, chosen.constraint_met)
    cuts = threshold.cuts(*known)
    by_class = tuple((label, chosen.value) for label, chosen in sorted(cuts.by_class.items()))
    met = all(chosen.constraint_met for chosen in (*cuts.by_class.values(), cuts.overall))
    return Cut(cuts.overall.value, rule, met, by_class)


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


def _form(attack: Attack, evidence: Evidence) -> str:
    return attack.form(evidence) if isinstance(attack, HasForms) else ""


def shadow_scores(attack: Attack, evidence: Evidence, judged: Sequence[int], rng: np.random.Generator) -> KnownScores:
    """Scores of a shadow's records, each by a classifier that did not learn from that record."""
    scores = [
        _cross_fit(attack, evidence, s, rng) if attack.learns else _plain(attack, evidence, s, rng) for s in judged
    ]
    shadows = [evidence.shadows[s] for s in judged]
    return KnownScores(
        np.concatenate(scores),
        np.concatenate([_member(shadow) for shadow in shadows]),
        np.concatenate([shadow.labels for shadow in shadows]),
    )


def _plain(attack: Attack, evidence: Evidence, s: int, rng: np.random.Generator) -> Floats:
    return attack.score(evidence.on_shadow(s), rng)


def folds_of(records: int) -> int:
    """Number of folds in which so many records of a shadow are cross-fitted."""
    return FEWER_FOLDS if records >= MANY else min(FOLDS, records)


def _cross_fit(attack: Attack, evidence: Evidence, s: int, rng: np.random.Generator) -> Floats:
    """Score each fold of shadow s by a classifier that learned from the other records of all shadows."""
    shadow = evidence.shadows[s]
    folds = folds_of(len(shadow))
    fold = rng.permutation(len(shadow)) % folds
    if isinstance(attack, CrossFits):
        return attack.cross_fitted(evidence, s, fold, rng)
    scores = np.empty(len(shadow))
    population = evidence.shadow_populations[s] if evidence.shadow_populations else None
    for k in range(folds):
        held_out = np.flatnonzero(fold == k)
        rest = tuple(_without(panel, shadow, held_out, is_same=i == s) for i, panel in enumerate(evidence.shadows))
        part = Evidence(
            audit=shadow.select(held_out).hidden(),
            shadows=rest,
            population=population,
            shadow_populations=evidence.shadow_populations,
        )
        scores[held_out] = attack.score(part, rng)
    return scores


def _without(panel: Panel, other: Panel, held_out: Ints, is_same: bool) -> Panel:
    """The panel without the records that are held out of `other`."""
    if is_same:
        return panel.select(np.setdiff1d(np.arange(len(panel)), held_out))
    if panel.ids is None or other.ids is None:  # different records
        return panel
    return panel.select(np.flatnonzero(~np.isin(panel.ids, other.ids[held_out])))


def _member(panel: Panel) -> Bools:
    if panel.member is None:
        raise ValueError("a shadow panel carries its members")
    return panel.member


def reference_loss(panel: Panel) -> Floats | None:
    """Mean log p_y (n,) over the references trained without each record; None where a record has none."""
    if not panel.has_outsiders:
        return None
    return mean_of(panel.references("loss"), ~panel.in_reference)
