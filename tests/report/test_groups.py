"""Tests of the groups on the page and on the terminal."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.cli.grouped import group_tables as terminal_tables
from miaudit.report.groups import differing, group_tables, suppressed
from miaudit.report.html import render
from report_example import Example, quantity, share

EXAMPLE = replace(Example(members=200, nonmembers=200), strengths={"loss": 0.6, "lira": 1.5})


def attack(found_p: float) -> GroupAttack:
    return GroupAttack(
        auc=quantity(0.8, 0.05),
        tpr=share(0.2, 100),
        found=share(0.25, 100),
        accused=share(0.01, 100),
        named=4,
        named_precision=share(0.75, 4),
        auc_p=1.0,
        found_p=found_p,
    )


def grouping(p_of_men: float = 0.001) -> Grouping:
    women = Group(name="<f>", members=100, nonmembers=90, attacks={"loss": attack(1.0), "lira": attack(1.0)})
    men = Group(name="m", members=95, nonmembers=100, attacks={"loss": attack(1.0), "lira": attack(p_of_men)})
    other = Group(name="x", members=None, nonmembers=None, attacks={})
    return Grouping(by="sex", least=10, alpha=0.98, groups=(women, men, other))


def result(of: Grouping) -> AuditResult:
    return EXAMPLE.result().model_copy(update={"groups": (of,)})


def test_each_attack_has_a_row_in_each_group_that_is_shown() -> None:
    (table,) = group_tables(result(grouping()))
    assert [(row.group, row.attack) for row in table.rows] == [
        ("<f>", "lira"),
        ("", "loss"),
        ("m", "lira"),
        ("", "loss"),
    ]
    assert [row.remark for row in table.rows] == ["", "", "share found differs, p = 0.001", ""]


def test_sentences_say_who_differs_and_who_is_not_shown() -> None:
    assert differing(grouping()).startswith("m differs from the other groups")
    assert differing(grouping(0.2)).startswith("No group differs")
    assert suppressed(grouping()) == ("Not shown, with fewer than 10 members or non-members: x.",)
    alone = grouping().model_copy(update={"groups": grouping().groups[1:]})
    assert differing(alone) == "There are no two groups to compare."


def test_the_page_has_the_groups_escaped_and_nothing_without_them() -> None:
    page = render(result(grouping()), EXAMPLE.table())
    assert 'id="groups"' in page
    assert "&lt;f&gt;" in page
    assert 'id="groups"' not in render(EXAMPLE.result(), EXAMPLE.table())


@pytest.mark.parametrize("cell", ["lira by sex", "below 10", "25.0 %"])
def test_the_terminal_shows_the_strongest_attack(cell: str) -> None:
    console = Console(file=StringIO(), width=120)
    for table in terminal_tables(result(grouping())):
        console.print(table)
    assert isinstance(console.file, StringIO)
    assert cell in console.file.getvalue()
