"""What the strongest attack finds in each of the groups that were asked for."""

from miaudit.auditing.groups import LABEL
from miaudit.report.charts.base import Audited, Section
from miaudit.report.group_charts import group_chart
from miaudit.report.tables import by_strength


def group_rates(audit: Audited) -> Section | None:
    """The section on groups; None where none were asked for or none can be compared."""
    result = audit.result
    if not result.groups or not result.attacks:
        return None
    strongest = by_strength(result)[0]
    charts = [
        group_chart(grouping, strongest, f"groups-{place}", f"By {'class' if grouping.by == LABEL else grouping.by}")
        for place, grouping in enumerate(result.groups)
    ]
    drawn = tuple(chart for chart in charts if chart is not None)
    if not drawn:
        return None
    return Section(
        key="group_rates",
        question="which",
        place=20,
        heading="Which groups are found most?",
        text="",
        charts=drawn,
    )
