"""The numbers within groups of records, as rows and sentences."""

from typing import NamedTuple

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import SURE, Group, Grouping
from miaudit.messages import listed
from miaudit.presenter import NOTHING, Printed, count, p_value, quantity, rate
from miaudit.report.tables import Bar, bar, by_strength


class GroupRow(NamedTuple):
    """One attack within one group."""

    group: str  # its name, in the first of the group's rows; else empty
    rows: int  # how many rows the group has
    members: str
    nonmembers: str
    attack: str
    auc: Printed
    bar: Bar | None
    tpr: Printed
    found: Printed
    accused: Printed
    named: str
    precision: Printed | None  # of the named; None where nobody is
    remark: str  # by what the group differs from the others; usually empty


class GroupTable(NamedTuple):
    """All groups by one column."""

    by: str
    alpha: float
    sentences: tuple[str, ...]
    rows: tuple[GroupRow, ...]


def group_tables(result: AuditResult) -> tuple[GroupTable, ...]:
    """One table for each column by which records were grouped; none where no attack was run."""
    order = by_strength(result)
    return tuple(
        GroupTable(
            by=grouping.by,
            alpha=grouping.alpha,
            sentences=(differing(grouping), *suppressed(grouping)),
            rows=tuple(row for group in grouping.groups for row in _rows(group, order)),
        )
        for grouping in result.groups
        if order
    )


def _rows(group: Group, attacks: tuple[str, ...]) -> tuple[GroupRow, ...]:
    if group.members is None or group.nonmembers is None:
        return ()
    measured = [name for name in attacks if name in group.attacks]
    return tuple(_row(group, name, len(measured), is_first=place == 0) for place, name in enumerate(measured))


def _row(group: Group, name: str, rows: int, is_first: bool) -> GroupRow:
    found = group.attacks[name]
    return GroupRow(
        group=group.name if is_first else "",
        rows=rows,
        members=count(group.members or 0),
        nonmembers=count(group.nonmembers or 0),
        attack=name,
        auc=quantity(found.auc),
        bar=bar(found.auc),
        tpr=rate(found.tpr),
        found=rate(found.found),
        accused=rate(found.accused),
        named=NOTHING if found.named is None else count(found.named),
        precision=None if found.named_precision is None else rate(found.named_precision),
        remark=_remark(found.auc_p, found.found_p),
    )


def _remark(auc_p: float, found_p: float) -> str:
    tested = {"AUC": auc_p, "share found": found_p}
    return "; ".join(f"{what} differs, {p_value(p)}" for what, p in tested.items() if p < SURE)


def differing(grouping: Grouping) -> str:
    """Which groups differ from the others, beyond chance."""
    shown = [group for group in grouping.groups if not group.suppressed]
    if len(shown) < 2:
        return "There are no two groups to compare."
    found = [group.name for group in shown if any(attack.differs for attack in group.attacks.values())]
    if not found:
        return "No group differs from the others beyond chance, at 5 % for all groups and attacks together."
    verb = "differs" if len(found) == 1 else "differ"
    return (
        f"{listed(found)} {verb} from the other groups in the AUC or in the share found, at 5 % for all groups and "
        "attacks together."
    )


def suppressed(grouping: Grouping) -> tuple[str, ...]:
    """A sentence on the groups that are not shown; none where all are."""
    names = [group.name for group in grouping.groups if group.suppressed]
    if not names:
        return ()
    return (f"Not shown, with fewer than {grouping.least} members or non-members: {listed(names)}.",)
