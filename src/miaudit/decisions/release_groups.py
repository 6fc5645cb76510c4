"""Makes the numbers within groups fit to leave: no count can be worked out from those that are shown."""

from collections.abc import Callable
from typing import NamedTuple

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.decisions.withheld import WITHHELD, is_small, rate
from miaudit.metrics.quantity import Quantity

FPR = "0.01"  # of the cut for all groups


def released_grouping(grouping: Grouping, result: AuditResult, k: int) -> Grouping:
    """The grouping without small groups, and without those by which a small one could be worked out.

    The totals are known, so the groups that are not shown must together hold at least k members and k non-members.
    An attack's share is withheld in every group if fewer than k records lie above or below its cut in one group, or in
    those that are not shown together.
    """
    kept = large_enough(grouping.groups, result.target.members, result.target.nonmembers, k)
    shown = tuple(group for group in grouping.groups if group.name in kept)
    opened = {name: _opened(shown, name, result, k) for name in result.attacks}
    groups = [_group(group, opened, k) for group in shown]
    missing = len(grouping.groups) - len(shown)
    rest = [Group(name=f"{missing} other groups", members=None, nonmembers=None, attacks={})] if missing else []
    return grouping.model_copy(update={"groups": (*groups, *rest), "least": max(grouping.least, k)})


class Side(NamedTuple):
    """Members or non-members, and how many of all of them lie above the cut for all groups."""

    share: Callable[[GroupAttack], Quantity]
    records: int
    total: int


def _opened(shown: tuple[Group, ...], name: str, result: AuditResult, k: int) -> tuple[bool, bool]:
    """Can the shares of members found and of non-members accused be shown?"""
    overall = result.attacks[name].tpr_at_fpr.get(FPR)
    if overall is None or overall.value is None:
        return False, False
    target = result.target
    members = Side(lambda attack: attack.found, target.members, round(overall.value * target.members))
    others = Side(lambda attack: attack.accused, target.nonmembers, int(float(FPR) * target.nonmembers))
    return _is_open(shown, name, members, k), _is_open(shown, name, others, k)


def large_enough(groups: tuple[Group, ...], members: int, nonmembers: int, k: int) -> set[str]:
    """Names of the groups that can be shown, the largest ones."""
    sizes = {
        group.name: (group.members, group.nonmembers)
        for group in groups
        if group.members is not None and group.nonmembers is not None and min(group.members, group.nonmembers) >= k
    }
    by_size = sorted(sizes, key=lambda name: -min(sizes[name]))
    while by_size and len(by_size) < len(groups):
        left = [total - sum(sizes[name][side] for name in by_size) for side, total in enumerate((members, nonmembers))]
        if min(left) >= k and len(groups) - len(by_size) > 1:
            break
        by_size.pop()
    return set(by_size)


def _is_open(shown: tuple[Group, ...], name: str, side: Side, k: int) -> bool:
    """Are the counts behind an attack's share large enough in every group, and in those not shown together?"""
    left, hidden = side.total, side.records
    for group in shown:
        share = side.share(group.attacks[name])
        here = round((share.value or 0.0) * share.n)
        if share.value is None or is_small(here, share.n, k):
            return False
        left, hidden = left - here, hidden - share.n
    return hidden == 0 or not is_small(left, hidden, k)


def _group(group: Group, opened: dict[str, tuple[bool, bool]], k: int) -> Group:
    attacks = {name: _attack(group, attack, opened[name], k) for name, attack in group.attacks.items()}
    return group.model_copy(update={"attacks": attacks})


def _attack(group: Group, attack: GroupAttack, opened: tuple[bool, bool], k: int) -> GroupAttack:
    closed = Quantity.unresolved(0, f"{WITHHELD}: fewer than {k} records in a group")
    found, accused = opened
    precision = attack.named_precision
    named = precision is not None and not is_small((precision.value or 0.0) * precision.n, precision.n, k)
    return attack.model_copy(
        update={
            "tpr": rate(attack.tpr, group.members or 0, k),
            "found": rate(attack.found, attack.found.n, k) if found else closed,
            "accused": rate(attack.accused, attack.accused.n, k) if accused else closed,
            "named": attack.named if named else None,
            "named_precision": rate(precision, precision.n, k) if named and precision is not None else None,
        }
    )
