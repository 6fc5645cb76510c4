"""Prints the numbers of groups of records on the terminal, one line for each group."""

from rich.console import Console

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.cli.fitted_table import Column, fitted_table, measured
from miaudit.messages import printable
from miaudit.presenter import NOTHING, Printed, count, limit, quantity, rate
from miaudit.report.groups import differing, suppressed
from miaudit.report.tables import by_strength

ABSENT = Printed()
SHARES = "Found and accused: shares of members and of others above the cut that at most 1 % of all others exceed."


def show_groups(result: AuditResult, console: Console) -> None:
    """Print a table for each column by which records were grouped, with the numbers of the strongest attack."""
    strongest = next(iter(by_strength(result)), None)
    if strongest is None:
        return
    for grouping in result.groups:
        console.print()
        console.print(f"Groups by {grouping.by}, as {strongest} finds them")
        names = [printable(group.name) for group in grouping.groups]
        console.print(fitted_table(grouping.by, names, _columns(grouping, strongest), console.width))
        for sentence in (differing(grouping), *suppressed(grouping), SHARES):
            console.print(sentence)


def _columns(grouping: Grouping, attack: str) -> tuple[Column, ...]:
    """All columns in their order on the screen; a suppressed group has no numbers."""
    groups = grouping.groups
    found = [None if group.suppressed else group.attacks[attack] for group in groups]
    return (
        Column("members", tuple(_counted(group, group.members) for group in groups), 3),
        Column("others", tuple(_counted(group, group.nonmembers) for group in groups), 4),
        *measured("AUC", [ABSENT if each is None else quantity(each.auc) for each in found], 0, 2),
        *measured("found", [ABSENT if each is None else rate(each.found) for each in found], 1, 5),
        Column("accused", tuple(NOTHING if each is None else _accused(each) for each in found), 6),
        Column(f"named at\n{limit(grouping.alpha)} sure", tuple(_named(each) for each in found), 7),
    )


def _counted(group: Group, number: int | None) -> str:
    return NOTHING if group.suppressed or number is None else count(number)


def _accused(found: GroupAttack) -> str:
    return rate(found.accused).value or NOTHING


def _named(found: GroupAttack | None) -> str:
    return NOTHING if found is None or found.named is None else count(found.named)
