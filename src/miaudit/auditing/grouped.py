"""Measures every attack within groups of records, and tests whether a group differs from the others."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.groups import Groups
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.metrics.apart import area_within, areas_apart, holm, shares_apart
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.metrics.intervals import proportion
from miaudit.metrics.named import named
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, needed_nonmembers, tpr_at_fpr

ALPHA = 0.98  # precision at which records are named, unless another is asked for


class _Attacked(NamedTuple):
    """One attack on all audited records."""

    scores: Floats  # (n,)
    cut: float | None  # at 1 % FPR over all non-members; None where there are too few of these
    naming: float  # the cut above which records are named


class _Tests(NamedTuple):
    """P-values of the groups that are shown, for one attack."""

    auc: Floats  # (g,)
    found: Floats  # (g,)


def groupings(
    scores: Mapping[str, Floats], truth: Bools, groups: Mapping[str, Groups], least: int
) -> tuple[Grouping, ...]:
    """Measure every attack within every group.

    Two readings of the true positive rate are given: at a cut of the group's own, and at one cut for all groups, by
    which an attacker finds some groups more easily than others. P-values compare a group with the others, and are
    corrected by Holm's method for all groups, attacks and measures of one column.

    Args:
        scores: title of the attack -> (n,).
        truth: (n,) membership.
        groups: name of the column -> the group of each record.
        least: groups with fewer members or fewer non-members are suppressed.
    """
    attacked = {name: _attacked(values, truth) for name, values in scores.items()}
    return tuple(_grouping(by, of, attacked, truth, least) for by, of in groups.items())


def _attacked(scores: Floats, truth: Bools) -> _Attacked:
    others = scores[~truth]
    enough = len(others) >= needed_nonmembers(LOW_FPR)
    cut = rate_at_limit(scores[truth], others, LOW_FPR).cut if enough else None
    return _Attacked(scores, cut, named(scores, truth, ALPHA).cut)


def _grouping(by: str, groups: Groups, attacked: Mapping[str, _Attacked], truth: Bools, least: int) -> Grouping:
    places = [np.flatnonzero(groups.of == g) for g in range(len(groups.names))]
    shown = [g for g, rows in enumerate(places) if _smaller_side(truth[rows]) >= least]
    tests = _tests([places[g] for g in shown], attacked, truth)
    found = {
        g: Group(
            name=groups.names[g],
            members=int(truth[places[g]].sum()),
            nonmembers=int((~truth[places[g]]).sum()),
            attacks={
                name: _within(attack, places[g], truth, float(tests[name].auc[k]), float(tests[name].found[k]))
                for name, attack in attacked.items()
            },
        )
        for k, g in enumerate(shown)
    }
    small = [Group(name=name, members=None, nonmembers=None, attacks={}) for name in groups.names]
    return Grouping(
        by=by, least=least, alpha=ALPHA, groups=tuple(found.get(g, small[g]) for g in range(len(groups.names)))
    )


def _smaller_side(member: Bools) -> int:
    return int(min(member.sum(), (~member).sum()))


def _tests(shown: list[np.ndarray], attacked: Mapping[str, _Attacked], truth: Bools) -> dict[str, _Tests]:
    """The p-values of each attack, corrected for all of them."""
    raw = [_raw(attack, shown, truth) for attack in attacked.values()]
    if not raw:
        return {}
    corrected = holm(np.concatenate([part for tests in raw for part in tests]))
    parts = corrected.reshape(len(raw), 2, len(shown))
    return {name: _Tests(*part) for name, part in zip(attacked, parts, strict=True)}


def _raw(attack: _Attacked, shown: list[np.ndarray], truth: Bools) -> _Tests:
    areas = areas_apart([area_within(attack.scores[rows], truth[rows]) for rows in shown])
    if attack.cut is None:
        return _Tests(areas, np.ones(len(shown)))
    members = [attack.scores[rows][truth[rows]] for rows in shown]
    found = np.array([(of > attack.cut).sum() for of in members], dtype=np.int64)
    return _Tests(areas, shares_apart(found, np.array([len(of) for of in members], dtype=np.int64)))


def _within(attack: _Attacked, rows: np.ndarray, truth: Bools, auc_p: float, found_p: float) -> GroupAttack:
    scores, member = attack.scores[rows], truth[rows]
    naming = scores > attack.naming
    return GroupAttack(
        auc=auc(scores, member),
        tpr=tpr_at_fpr(scores, member, LOW_FPR),
        found=_above(scores[member], attack, truth),
        accused=_above(scores[~member], attack, truth),
        named=int(naming.sum()),
        named_precision=proportion(int(member[naming].sum()), int(naming.sum())) if naming.any() else None,
        auc_p=auc_p,
        found_p=found_p,
    )


def _above(scores: Floats, attack: _Attacked, truth: Bools) -> Quantity:
    """Share of these records of a group above the cut for all groups; the interval takes the cut as known."""
    if attack.cut is None:
        audited = int((~truth).sum())
        return Quantity.unresolved(audited, f"needs >= {needed_nonmembers(LOW_FPR):,} non-members, have {audited:,}")
    return proportion(int((scores > attack.cut).sum()), len(scores))
