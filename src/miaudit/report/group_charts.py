"""Charts of one attack's numbers within groups of records."""

from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.decisions.release import LEAST
from miaudit.presenter import count, quantity, rate
from miaudit.report.charts.base import Chart
from miaudit.report.drawing import Plot
from miaudit.report.row_plots import Measured, areas, rates

MOST = 12  # groups
COLOURS = {"95 % interval": "s0"}


def group_chart(grouping: Grouping, attack: str, key: str, title: str) -> Chart | None:
    """The AUC of an attack and the share of the members that it finds, one row per group.

    Of many groups, those with the highest AUC are drawn, in the order of their values.

    Args:
        grouping: the groups by one column.
        attack: title of the attack.
        key: the chart's id in the page.
        title: of the chart.

    Returns:
        The chart; None where the attack was measured in less than two groups.
    """
    measured = [(group, group.attacks[attack]) for group in grouping.groups if attack in group.attacks]
    if len(measured) < 2:
        return None
    shown = _widest(measured)
    return Chart(
        key=key,
        title=title,
        views=_views(shown),
        label=f"Intervals of what {attack} finds, one row per group by {grouping.by}.",
        spoken=" ".join(_spoken(group, found) for group, found in shown),
        caption=_caption(grouping, attack, shown, len(measured)),
        rows=len(shown),
    )


def _widest(measured: list[tuple[Group, GroupAttack]]) -> list[tuple[Group, GroupAttack]]:
    """The groups with the highest AUC, in the order given."""
    by_area = sorted(range(len(measured)), key=lambda place: -(measured[place][1].auc.value or 0.0))
    return [measured[place] for place in sorted(by_area[:MOST])]


def _views(shown: list[tuple[Group, GroupAttack]]) -> dict[str, Plot]:
    (series,) = COLOURS
    by_area = areas([Measured(group.name, series, found.auc) for group, found in shown], COLOURS)
    title = "Members found at the 1 % cut"
    by_rate = rates([Measured(group.name, series, found.found) for group, found in shown], COLOURS, title)
    return {"AUC": by_area} if by_rate is None else {"Found": by_rate, "AUC": by_area}


def _caption(grouping: Grouping, attack: str, shown: list[tuple[Group, GroupAttack]], measured: int) -> str:
    sentences = [f"The AUC of {attack}, the strongest attack, within each group."]
    if any(found.found.value is not None for _, found in shown):
        sentences = [
            f"What {attack}, the strongest attack, finds in each group: the share of its members above the 1 % cut, "
            "which is the same for all groups, and the AUC within the group."
        ]
    sentences.append("The dotted line is guessing; where intervals overlap, the difference may be chance.")
    if len(shown) < measured:
        sentences.append(f"Drawn are the {len(shown)} of {measured} groups with the highest AUC.")
    few = sum(0 < round((found.found.value or 0.0) * found.found.n) < LEAST for _, found in shown)
    if few:
        sentences.append(
            f"In {count(few)} of these, fewer than {LEAST} members are found, a share that may point to single people."
        )
    hidden = sum(group.suppressed for group in grouping.groups)
    if hidden:
        sentences.append(f"Not shown: {count(hidden)} with fewer than {grouping.least} members or non-members.")
    return " ".join(sentences)


def _spoken(group: Group, found: GroupAttack) -> str:
    return f"{group.name}: AUC {quantity(found.auc).text()}, members found {rate(found.found).text()}."
