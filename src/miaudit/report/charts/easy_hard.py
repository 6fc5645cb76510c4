"""What each attack finds among easy and among hard records."""

import numpy as np

from miaudit.metrics.hardness import ByHardness, tpr_by_hardness
from miaudit.presenter import NOTHING, PER_CENT, count, rate, score
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.row_plots import Row, in_rows, mark, spanning

COLOURS = {"easier half": "s0", "harder half": "s1"}
MOST = 12  # attacks


def easy_hard(audit: Audited) -> Section | None:
    """The section on easy and hard records; None without references, or where no rate could be measured."""
    records = audit.records
    if not audit.scored or not records.has_both or records.reference_loss is None:
        return None
    seen = records.known & np.isfinite(records.reference_loss)
    reference, member = records.reference_loss[seen], records.member[seen]
    if not member.any() or member.all():
        return None
    middle, classes = float(np.median(reference)), audit.result.target.classes
    found = {
        name: tpr_by_hardness(records.scores[name][seen], member, reference, classes, easy_above=middle)
        for name in audit.scored[:MOST]
    }
    rows = [_row(name, by) for name, by in found.items()]
    if not any(row.marks for row in rows):
        return None
    x = spanning("TPR at 1 % FPR", rows, PER_CENT, also=(0.0, 1.0))
    chart = Chart(
        key="easy_hard",
        title="What each attack finds in either half",
        views={"Linear": in_rows(x, rows, COLOURS, guess=1.0)},
        label="Intervals of the true positive rate at 1 % FPR, one row per attack, for easy and for hard records.",
        spoken=" ".join(row.told for row in rows),
        caption=(
            "The share of the members found, at 1 % of the non-members of the same half. Records are halved by their "
            f"mean score on models that were trained without them, at {score(middle)}, so each half holds about "
            f"{count(len(reference) // 2)} records. The line is the 95 % interval, the dotted one is guessing. "
            "LDC-MIA (Figure 9) parts records at a fixed score of −10, or −5 with two classes."
        ),
        rows=len(rows),
    )
    return Section(
        key="easy_hard",
        question="researchers",
        place=50,
        heading="Easy records, hard records",
        text="",
        charts=(chart,),
    )


def _row(name: str, by: ByHardness) -> Row:
    halves = {"easier half": by.easy, "harder half": by.hard}
    marks = {half: mark(quantity, 100) for half, quantity in halves.items()}
    printed = {half: rate(quantity) for half, quantity in halves.items()}
    return Row(
        name,
        numbers=", ".join(f"{half.removesuffix(' half')} {cell.value or NOTHING}" for half, cell in printed.items()),
        told=f"{name}: {', '.join(f'{half} {cell.text()}' for half, cell in printed.items())}.",
        marks={half: each for half, each in marks.items() if each is not None},
    )
