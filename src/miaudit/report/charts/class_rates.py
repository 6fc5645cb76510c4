"""What the strongest attack finds in each class."""

from miaudit.auditing.grouped import groupings
from miaudit.auditing.groups import LABEL, NO_GROUPS, classes_of
from miaudit.report.charts.base import Audited, Section
from miaudit.report.group_charts import group_chart


def class_rates(audit: Audited) -> Section | None:
    """The section on classes; None where it is a question of its own, or where there are not two classes to compare."""
    result, records = audit
    asked = any(grouping.by == LABEL for grouping in result.groups)
    if asked or result.target.classes < 2 or not audit.scored or not records.has_both:
        return None
    strongest, known = audit.scored[0], records.known
    (grouping,) = groupings(
        {strongest: records.scores[strongest][known]},
        records.member[known],
        {LABEL: classes_of(records.labels[known], result.target.class_names)},
        NO_GROUPS.least,
    )
    chart = group_chart(grouping, strongest, "class_rates", "By class")
    if chart is None:
        return None
    return Section(
        key="class_rates",
        question="researchers",
        place=60,
        heading="Leakage by class",
        text="",
        charts=(chart,),
    )
