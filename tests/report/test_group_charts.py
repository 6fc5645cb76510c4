from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.report.group_charts import MOST, group_chart
from report_example import quantity, share, untold


def group(name: str, auc: float, found: bool = True, share_found: float = 0.25) -> Group:
    numbers = GroupAttack(
        auc=quantity(auc, 0.05),
        tpr=share(0.2, 100),
        found=share(share_found, 100) if found else untold("needs >= 100 non-members, have 40", 40),
        accused=share(0.01, 100),
        named=None,
        auc_p=1.0,
        found_p=1.0,
    )
    return Group(name=name, members=100, nonmembers=100, attacks={"lira": numbers})


SMALL = Group(name="tiny", members=None, nonmembers=None, attacks={})


def by_site(*groups: Group) -> Grouping:
    return Grouping(by="site", least=10, alpha=0.98, groups=groups)


def test_each_group_that_is_shown_has_a_row_with_its_numbers() -> None:
    chart = group_chart(by_site(group("a", 0.6), SMALL, group("b", 0.7)), "lira", "key", "title")
    assert chart is not None
    assert list(chart.views) == ["Found", "AUC"]
    assert [note.text for note in chart.views["AUC"].notes] == ["a: 0.600 [0.550, 0.650]", "b: 0.700 [0.650, 0.750]"]
    assert chart.rows == 2
    assert chart.spoken.startswith("a: AUC 0.600 [0.550, 0.650], members found 25.0 % [16.5, 33.5].")
    assert "tiny" not in chart.spoken
    assert "Not shown: 1 with fewer than 10 members or non-members." in chart.caption


def test_of_many_groups_the_most_exposed_are_drawn_in_their_order() -> None:
    many = by_site(*(group(f"g{place:02}", 0.5 + 0.01 * ((7 * place) % 20)) for place in range(20)))
    chart = group_chart(many, "lira", "key", "title")
    assert chart is not None
    expected = sorted(f"g{place:02}" for place in range(20) if (7 * place) % 20 >= 20 - MOST)
    assert [row.text.partition(":")[0] for row in chart.views["AUC"].notes] == expected
    assert f"Drawn are the {MOST} of 20 groups" in chart.caption


def test_without_a_cut_for_all_groups_there_is_the_auc_alone() -> None:
    chart = group_chart(by_site(group("a", 0.6, found=False), group("b", 0.7, found=False)), "lira", "key", "title")
    assert chart is not None
    assert list(chart.views) == ["AUC"]
    assert chart.caption.startswith("The AUC of lira, the strongest attack, within each group. The dotted")


def test_one_group_is_compared_with_nothing() -> None:
    assert group_chart(by_site(group("a", 0.6), SMALL), "lira", "key", "title") is None
    assert group_chart(by_site(group("a", 0.6), group("b", 0.6)), "loss", "key", "title") is None


def test_shares_of_few_people_are_pointed_out() -> None:
    shares = {"a": 0.0, "b": 0.01, "c": 0.09, "d": 0.1}
    many = by_site(*(group(name, 0.6, share_found=found) for name, found in shares.items()))
    chart = group_chart(many, "lira", "key", "title")
    assert chart is not None
    assert "In 2 of these, fewer than 10 members are found, a share that may point to single people" in chart.caption
    few = group_chart(by_site(group("a", 0.6), group("b", 0.6)), "lira", "key", "title")
    assert few is not None
    assert "single people" not in few.caption
