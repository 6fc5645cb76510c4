"""The groups on the page."""

from miaudit.report.groups import differing, group_tables, suppressed
from miaudit.report.html import render
from report_groups import EXAMPLE, grouping, result


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
