"""`comparison.html`: finished audits beside a first one, what changed in words, a plot, and every test."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.decisions.compared_words import attacks, change, measure, title, values
from miaudit.decisions.comparison import Against, AuditComparison, ComparedAudit, Difference, Leaks
from miaudit.files import write_atomically
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import NOTHING, PER_CENT, Printed, p_value, quantity, rate
from miaudit.report.axes import Axis, linear
from miaudit.report.charts.base import Chart
from miaudit.report.drawing import Path as Drawn
from miaudit.report.drawing import Plot, PlotNote, Series, dots, line
from miaudit.report.page import environment, policy, trusted
from miaudit.report.rate_plots import COLOURS
from miaudit.report.tables import rate_missing
from miaudit.report.words import GLOSSARY, LEVELS

WORDS = ("Member, non-member", "Membership inference", "ROC curve, AUC", "TPR at an FPR", "Cut")
TINTS: dict[Leaks, str] = {"less": "lowers", "more": "raises", "mixed": "raises", "unclear": "unclear"}
MOST_NAMED = 6  # audits whose names stand beside their points


class DifferenceRow(NamedTuple):
    """One test in the table."""

    title: str
    measure: str
    attacks: str  # the attack, or the strongest of either audit
    before: str
    after: str
    change: Printed
    p: str
    direction: str


class AuditRow(NamedTuple):
    """One audit in the table of audits."""

    facts: ComparedAudit
    verdict: str
    auc: Printed
    tpr: Printed
    accuracy: Printed


class Compared(NamedTuple):
    """One audit beside the first, as the page shows it."""

    against: Against
    tint: str
    rows: tuple[DifferenceRow, ...]
    missing: tuple[str, ...]  # what could not be tested, and why


def write_audit_comparison(result: AuditComparison, path: Path) -> None:
    """Write the page to `path`, whole or not at all."""
    write_atomically(path, render_audit_comparison(result).encode())


def render_audit_comparison(result: AuditComparison) -> str:
    """The page as text; the same comparison gives the same text."""
    scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch", "charts")}
    return (
        environment()
        .get_template("comparison.html")
        .render(
            result=result,
            audits=[_audit_row(audit) for audit in result.audits],
            compared=[_compared(against) for against in result.against],
            chart=trade_off(result.audits),
            glossary={word: GLOSSARY[word] for word in WORDS},
            styles=trusted("style.css") + trusted("charts.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def difference_rows(against: Against) -> Iterator[DifferenceRow]:
    """The tests as the tables show them; those without a number are left out."""
    for each in against.differences:
        if each.change.value is not None:
            before, after = values(each)
            p = (
                NOTHING
                if each.p_corrected is None
                else p_value(each.p_corrected).removeprefix("p = ").removeprefix("p ")
            )
            yield DifferenceRow(
                title(each), measure(each), attacks(each), before, after, change(each), p, each.direction
            )


def untested(against: Against) -> tuple[str, ...]:
    """What could not be tested, a sentence for each measure and reason."""
    missing = [each for each in against.differences if each.change.value is None]
    return tuple(dict.fromkeys(_missing(each) for each in missing))


def _missing(each: Difference) -> str:
    note = each.change.note
    return f"{measure(each)} was not tested: {note}." if each.fpr is None else rate_missing(str(each.fpr), note)


def trade_off(audits: tuple[ComparedAudit, ...]) -> Chart | None:
    """Leakage against accuracy: a point for each audit, with both intervals; None where fewer than two have both."""
    drawn = [(place, audit) for place, audit in enumerate(audits) if _point(audit) is not None]
    points = [point for _, audit in drawn if (point := _point(audit)) is not None]
    if len(points) < 2:
        return None
    ends = np.array(points)  # (k, 6): accuracy with its ends, AUC with its ends
    x = linear("Test accuracy", *_range(100 * ends[:, :3], 1.0, 100.5), PER_CENT)
    y = linear("AUC of the strongest attack", *_range(ends[:, 3:], 0.01, 1.005))
    series = tuple(
        Series(audit.name, COLOURS[place] if place < len(COLOURS) else "rest", "dots", _mark(x, y, *point))
        for (place, audit), point in zip(drawn, points, strict=True)
    )
    names = [audit.name for _, audit in drawn]
    notes = _notes(x, y, names, points) if len(points) <= MOST_NAMED else ()
    spoken = "; ".join(
        f"{name}: test accuracy {100 * p[0]:.1f} per cent, AUC {p[3]:.3f}"
        for name, p in zip(names, points, strict=True)
    )
    return Chart(
        "trade-off",
        "Leakage against accuracy",
        {"": Plot(x, y, series, notes=notes)},
        "Leakage against accuracy",
        f"{spoken}.",
        "Lower right is better: accurate, and hard to attack. The bars are the 95 % intervals of each audit alone; "
        "they may overlap although the paired test below shows a difference.",
    )


Ends = tuple[float, float, float, float, float, float]


def _point(audit: ComparedAudit) -> Ends | None:
    """Accuracy with both its ends, then the AUC with both its ends."""
    auc = audit.auc
    if audit.test_accuracy.value is None or auc is None or auc.value is None:
        return None
    return (*_ends(audit.test_accuracy), *_ends(auc))


def _ends(found: Quantity) -> tuple[float, float, float]:
    value = found.value or 0.0
    return value, value if found.low is None else found.low, value if found.high is None else found.high


def _range(values: Floats, margin: float, top: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    wide = max(high - low, margin)
    return low - 0.15 * wide, min(high + 0.15 * wide, top)


def _mark(
    x: Axis, y: Axis, accuracy: float, worst: float, best: float, auc: float, low: float, high: float
) -> tuple[Drawn, ...]:
    across, up = np.array([100 * accuracy]), np.array([auc])
    spans = line(x, y, np.array([100 * worst, 100 * best]), np.repeat(up, 2)) + line(
        x, y, np.repeat(across, 2), np.array([low, high])
    )
    ring = dots(x, y, across, up)
    return Drawn(spans, "whisker"), Drawn(ring, "ring"), Drawn(ring, "hole")


def _notes(x: Axis, y: Axis, names: list[str], points: list[Ends]) -> tuple[PlotNote, ...]:
    """The names beside their points, on the side where there is more room."""
    places = [(x.percent(100 * point[0]), 100 - y.percent(point[3])) for point in points]
    return tuple(
        PlotNote(name, across, down + 1.0, "before" if across > 50 else "after")
        for name, (across, down) in zip(names, places, strict=True)
    )


def _audit_row(audit: ComparedAudit) -> AuditRow:
    auc = Printed(note="not measured") if audit.auc is None else quantity(audit.auc)
    return AuditRow(audit, LEVELS[audit.verdict], auc, rate(audit.tpr), rate(audit.test_accuracy))


def _compared(against: Against) -> Compared:
    return Compared(against, TINTS[against.leaks], tuple(difference_rows(against)), untested(against))
