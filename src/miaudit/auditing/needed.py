"""Finds the models of a split that attacks and their cuts read. Only these are trained."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Ints
from miaudit.attacks.base import Attack, HasOwnCut, Needs, ReadsMore
from miaudit.auditing.plan import Plan
from miaudit.auditing.shadow_scores import JUDGED_SHADOWS
from miaudit.splits.base import ShadowRole, Split


class Reads(NamedTuple):
    """Positions of the models that an attack reads, each only once."""

    score: Ints  # by its score
    cut: Ints  # by the choice of its cut alone
    on_references: bool  # are references among them?


def reads(attack: Attack, split: Split) -> Reads:
    """The models of a split that an attack reads. More would not change its result, fewer might."""
    wanted = [attack.needs, attack.helped_by if isinstance(attack, ReadsMore) else Needs()]
    on_references = any(needs.out_references or needs.in_references for needs in wanted)
    learnt = split.shadows if any(needs.shadows for needs in wanted) else ()
    score = _models(learnt, on_references) | set(split.references.tolist() if on_references else ())
    # Which shadows have the references that an attack needs is known only once the evidence is there.
    judged = split.shadows if on_references else split.shadows[:JUDGED_SHADOWS]
    cut = set() if isinstance(attack, HasOwnCut) else _models(judged, on_references)
    return Reads(_positions(score), _positions(cut - score), on_references)


def only_needed(plan: Plan) -> Plan:
    """The plan without the models that no attack reads. Those that stay keep their names in the store."""
    found = [reads(attack, plan.split) for attack in plan.questions.attacks.values()]
    needed = _positions({int(m) for each in found for m in (*each.score, *each.cut)})
    return replace(
        plan,
        split=plan.split.only(needed),
        auxiliary=tuple(plan.auxiliary[m] for m in needed),
        spared=plan.spared + len(plan.auxiliary) - len(needed),
    )


def _models(roles: Iterable[ShadowRole], with_references: bool) -> set[int]:
    models: set[int] = set()
    for role in roles:
        models |= {role.model, *(role.references.tolist() if with_references else ())}
    return models


def _positions(models: set[int]) -> Ints:
    return np.array(sorted(models), dtype=np.int64)
