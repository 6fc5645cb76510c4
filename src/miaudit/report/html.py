"""`report.html`: everything that an audit found on one page that needs no network."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from miaudit.auditing.result import AuditResult
from miaudit.files import write_atomically
from miaudit.report import charts, tables, words
from miaudit.report.blind_row import blind_row
from miaudit.report.exposed import exposed_rows
from miaudit.report.page import environment, policy, trusted
from miaudit.report.records import Records
from miaudit.report.summary import accuracy_gap, assumptions, headline_numbers

EXPOSED_COLUMNS = 5  # more attacks' scores than this do not fit beside a record


class Charts(NamedTuple):
    """The charts that this audit has data for."""

    curves: tuple[charts.Chart, ...]  # ROC, precision and recall
    histograms: tuple[charts.Chart, ...]
    densities: tuple[tuple[charts.Chart, tuple[tables.Matrix, ...]], ...]
    hardness: charts.Chart | None


def write_report(result: AuditResult, scores: pa.Table, path: Path) -> None:
    """Write the page of an audit to `path`, whole or not at all; `scores` is its scores.parquet."""
    write_atomically(path, render(result, scores).encode())


def render(result: AuditResult, scores: pa.Table) -> str:
    """The page of an audit as text; the same audit gives the same text."""
    records = Records.from_table(scores, tuple(result.attacks))
    drawn = _charts(result, records)
    scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch", "charts")}
    scored = tuple(name for name in tables.by_strength(result) if name in records.scores)[:EXPOSED_COLUMNS]
    return (
        environment()
        .get_template("template.html")
        .render(
            result=result,
            records=records,
            level=words.LEVELS[result.verdict.level],
            headline_numbers=headline_numbers(result),
            accuracy_gap=accuracy_gap(result.target),
            assumptions=assumptions(result),
            limits=tables.limits(result),
            recalls=tables.recalls(result),
            attack_rows=tables.attack_rows(result),
            blind_row=blind_row(result),
            missed=tuple(name for name in result.attacks if result.controls.is_blind(name)),
            precision_rows=tables.precision_rows(result),
            cut_rows=tables.cut_rows(result),
            cutless=tables.cutless(result),
            controls=words.control_blocks(result.controls),
            charts=drawn,
            exposed_attacks=scored,
            exposed_rows=exposed_rows(records, scored) if result.verdict.level == "leaks" and scored else (),
            glossary=words.GLOSSARY,
            styles=trusted("style.css") + trusted("charts.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def _charts(result: AuditResult, records: Records) -> Charts:
    drawable = bool(records.scores) and len(records) > 0
    return Charts(
        curves=(charts.roc_chart(result, records), charts.precision_chart(result, records))
        if drawable and records.has_both
        else (),
        histograms=charts.histogram_charts(result, records) if drawable else (),
        densities=charts.density_charts(result),
        hardness=charts.hardness_chart(records) if len(records) else None,
    )
