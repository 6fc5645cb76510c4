"""`report.html`: everything that an audit found on one page that needs no network."""

import base64
import hashlib
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from miaudit.auditing.result import AuditResult
from miaudit.files import write_atomically
from miaudit.report import charts, tables, words
from miaudit.report.palette import light_to_dark
from miaudit.report.records import Records
from miaudit.report.summary import assumptions, headline_numbers

EXPOSED_COLUMNS = 5  # more attacks' scores than this do not fit beside a record


class Charts(NamedTuple):
    """The charts that this audit has data for."""

    curves: tuple[charts.Chart, ...]  # ROC, precision and recall
    histograms: tuple[charts.Chart, ...]
    densities: tuple[tuple[charts.Chart, tuple[tables.Matrix, ...]], ...]
    hardness: charts.Chart | None

    def figures(self) -> dict[str, Any]:
        """Plotly's JSON by the chart's id in the page."""
        densities = (chart for chart, _ in self.densities)
        every = (*self.curves, *self.histograms, *densities, *((self.hardness,) if self.hardness else ()))
        return {chart.key: chart.figure.to_plotly_json() for chart in every}


def write_report(result: AuditResult, scores: pa.Table, path: Path) -> None:
    """Write the page of an audit to `path`, whole or not at all; `scores` is its scores.parquet."""
    write_atomically(path, render(result, scores).encode())


def render(result: AuditResult, scores: pa.Table) -> str:
    """The page of an audit as text; the same audit gives the same text."""
    records = Records.from_table(scores, tuple(result.attacks))
    drawn = _charts(result, records)
    scripts = {"theme": _asset("theme.js"), "plotly": get_plotlyjs(), "page": _asset("page.js")}
    scored = tuple(name for name in tables.by_strength(result) if name in records.scores)[:EXPOSED_COLUMNS]
    return (
        _environment()
        .get_template("template.html")
        .render(
            result=result,
            records=records,
            level=words.LEVELS[result.verdict.level],
            headline_numbers=headline_numbers(result),
            assumptions=assumptions(result),
            limits=tables.limits(result),
            recalls=tables.recalls(result),
            attack_rows=tables.attack_rows(result),
            precision_rows=tables.precision_rows(result),
            decision_rows=tables.decision_rows(result),
            controls=words.control_blocks(result.controls),
            charts=drawn,
            figures=drawn.figures(),
            palette=light_to_dark(),
            exposed_attacks=scored,
            exposed_rows=tables.exposed_rows(records, scored) if scored and len(records) else (),
            glossary=words.GLOSSARY,
            styles=_trusted(_asset("style.css")),
            scripts={name: _trusted(text) for name, text in scripts.items()},
            policy=_policy(scripts.values()),
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


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("miaudit", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "allow_nan": False, "separators": (",", ":")}
    environment.filters |= {
        "breakable": _breakable,
        "brief": tables.brief,
        "duration": words.duration,
        "fact": tables.fact,
        "facts": tables.facts,
        "percent": tables.percent,
        "rate": tables.rate,
    }
    return environment


def _breakable(name: str) -> Markup:
    """The name, escaped, with places where a line may end."""
    return Markup(re.sub(r"([_\[=,])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped here


def _trusted(text: str) -> Markup:
    """Text of the package's own files, which goes into the page as it is."""
    return Markup(text)  # noqa: S704 - no data in it


def _asset(name: str) -> str:
    return files("miaudit.report").joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: Iterable[str]) -> str:
    """A content security policy: no network, and no script but the page's own, each named by its hash."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
