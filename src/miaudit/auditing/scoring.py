"""Runs attacks: scores the audited records, and chooses a cut without their truth."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.attacks.base import (
    Attack,
    CrossFits,
    Cut,
    Explains,
    HasForms,
    HasOwnCut,
    Settles,
    check_needs,
)
from miaudit.auditing.known import Knowable, dealt_evidence, is_dealt
from miaudit.auditing.shadow_scores import (
    KnownScores,
    cross_fitted,
    judged_shadows,
    known_of,
    serves,
    shadow_scores,
)
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from miaudit.guard import foreign, is_foreign
from miaudit.maths.moments import mean_of
from miaudit.seeds import generator
from miaudit.thresholds.base import Threshold
from miaudit.thresholds.per_class import PerClass

Rule = Threshold | PerClass


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


def judge(
    name: str, attack: Attack, evidence: Evidence, threshold: Rule, seed: int, knowable: Knowable | None = None
) -> Judged:
    """What `score`, `choose_cut` and `learned` give: in one go where the attack cross-fits, which shares its work.

    Args:
        name: the attack's title, for messages.
        attack: the attack.
        evidence: what was observed.
        threshold: how the cut is chosen.
        seed: the audit's seed.
        knowable: the truth of the audited records, and the share of it that an attacker may know; None to tell none.

    Raises:
        UserError: the evidence lacks what the attack needs, or a score is not finite.
    """
    attack = settled(attack, evidence)
    attacker = attacker_of(attack, evidence, knowable, seed)
    found = _in_one_go(name, attack, evidence, seed) if attacker is evidence else None
    if found is not None:
        return Judged(found.scores, cut_on(found.known, threshold, ON_SHADOWS), found.learned)
    scores = score(name, attack, evidence, seed, knowable)
    return Judged(scores, choose_cut(name, attack, attacker, threshold, seed), learned(name, attack, attacker, seed))


class _InOneGo(NamedTuple):
    scores: Floats  # (n,)
    known: KnownScores  # of the shadow on which the cut is chosen
    learned: dict[str, Any]


def _in_one_go(name: str, attack: Attack, evidence: Evidence, seed: int) -> _InOneGo | None:
    """What an attack that cross-fits finds; None for other attacks, and where no shadow serves to choose the cut on."""
    if not isinstance(attack, CrossFits) or isinstance(attack, HasOwnCut):
        return None
    check_needs(name, attack, evidence)
    judged = judged_shadows(attack, evidence)
    if not judged:
        return None
    with _guarded(name, attack, evidence):
        found = cross_fitted(attack, evidence, judged[0], generator(seed, "attack", name))
    scores = _checked(name, found.scores, len(evidence.audit))
    return _InOneGo(scores, known_of(found, evidence.shadows[judged[0]]), found.learned)


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
        return _scored(name, attack, evidence, seed)
    scores = np.empty(len(evidence.audit))
    for judged, part in dealt_evidence(evidence, knowable, generator(seed, "known")):
        scores[judged] = _scored(name, attack, part, seed)
    return scores


def _scored(name: str, attack: Attack, evidence: Evidence, seed: int) -> Floats:
    check_needs(name, attack, evidence)
    with _guarded(name, attack, evidence):
        return _checked(name, attack.score(evidence, generator(seed, "attack", name)), len(evidence.audit))


def _checked(name: str, given: Floats, records: int) -> Floats:
    """The scores in float64; raises UserError unless they are as many as the records, and finite."""
    scores = np.asarray(given, dtype=np.float64)
    if scores.shape != (records,) or not np.isfinite(scores).all():
        raise UserError(
            f"attack {name} must give {records} finite scores; got shape {scores.shape} with "
            f"{int((~np.isfinite(scores)).sum())} that are not finite"
        )
    return scores


def learned(name: str, attack: Attack, evidence: Evidence, seed: int) -> dict[str, Any]:
    """Get what the attack reports about what it learned; empty if it reports nothing.

    An attack that cross-fits reports it with its scores.

    Args:
        name: the attack's title, for messages.
        attack: the attack.
        evidence: what the attacker knows.
        seed: the audit's seed.
    """
    found = _in_one_go(name, attack, evidence, seed)
    if found is not None:
        return found.learned
    with _guarded(name, attack, evidence):
        return attack.explain(evidence, generator(seed, "attack", name)) if isinstance(attack, Explains) else {}


def _guarded(name: str, attack: Attack, evidence: Evidence) -> AbstractContextManager[None]:
    """A guard around attacks of other packages. Errors in miaudit's own attacks must show as they are."""
    return foreign(f"attack {name}", len(evidence.audit)) if is_foreign(attack) else nullcontext()


ON_SHADOWS = "shadow models"  # where a cut was chosen, as its rule says


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
    known = KnownScores(scores, required(evidence.known.member), evidence.known.labels)
    return cut_on(known, threshold, "records with known membership")


def cut_on(known: KnownScores, threshold: Rule, where: str) -> Cut:
    """The threshold's cut on scores of known members, or a cut per class."""
    if not isinstance(threshold, PerClass):
        chosen = threshold.cut(known.scores, known.member)
        rests_on = f" ({chosen.rests_on})" if chosen.rests_on else ""
        return Cut(chosen.value, f"{threshold}{rests_on} on {where}", chosen.constraint_met)
    cuts = threshold.cuts(*known)
    by_class = tuple((label, chosen.value) for label, chosen in sorted(cuts.by_class.items()))
    met = all(chosen.constraint_met for chosen in (*cuts.by_class.values(), cuts.overall))
    return Cut(cuts.overall.value, f"{threshold} on {where}", met, by_class)


def _form(attack: Attack, evidence: Evidence) -> str:
    return attack.form(evidence) if isinstance(attack, HasForms) else ""


def reference_loss(panel: Panel) -> Floats | None:
    """Mean log p_y (n,) over the references trained without each record; None where a record has none."""
    if not panel.has_outsiders:
        return None
    return mean_of(panel.references("loss"), ~panel.in_reference)
