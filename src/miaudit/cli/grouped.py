"""Writes the numbers of groups of records as tables for the terminal."""

from collections.abc import Iterator

from rich.table import Table

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group, Grouping
from miaudit.presenter import NOTHING, count, limit, quantity, rate
from miaudit.report.groups import differing, suppressed
from miaudit.report.tables import by_strength

BREAK = "\n"  # between a number and its interval


def group_tables(result: AuditResult) -> Iterator[Table]:
    """One table for each column by which records were grouped, with the numbers of the strongest attack."""
    strongest = next(iter(by_strength(result)), None)
    if strongest is not None:
        yield from (_table(grouping, strongest) for grouping in result.groups)


def _table(grouping: Grouping, attack: str) -> Table:
    caption = "\n".join([differing(grouping), *suppressed(grouping), "every attack: result.json and the report"])
    table = Table(title=f"{attack} by {grouping.by}", caption=caption)
    table.add_column(grouping.by)
    heads = ("members,\nothers", "AUC", "found at\n1 % FPR of all", "others\naccused")
    for head in (*heads, f"named at\n{limit(grouping.alpha)} precision"):
        table.add_column(head, justify="right")
    for group in grouping.groups:
        table.add_row(group.name, *_row(group, attack, grouping.least))
    return table


def _row(group: Group, attack: str, least: int) -> tuple[str, ...]:
    if group.members is None or group.nonmembers is None:
        return (f"below {least}", *[NOTHING] * 4)
    found = group.attacks[attack]
    return (
        f"{count(group.members)}\n{count(group.nonmembers)}",
        quantity(found.auc).text(BREAK),
        rate(found.found).text(BREAK),
        rate(found.accused).text(BREAK),
        NOTHING if found.named is None else count(found.named),
    )
