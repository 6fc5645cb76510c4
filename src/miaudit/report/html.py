"""`report.html`: everything that an audit found on one page that needs no network."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.naming import NamedNow
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.ready_gate import not_decidable, ready_gate
from miaudit.decisions.saved import SavedAudit
from miaudit.files import write_atomically
from miaudit.report import claims, tables, words
from miaudit.report.answer import answer
from miaudit.report.charts.base import Audited, sections
from miaudit.report.controls import control_blocks
from miaudit.report.cut import cut_data
from miaudit.report.decided import decided_in_words
from miaudit.report.exposed import exposed_rows
from miaudit.report.groups import group_tables
from miaudit.report.page import environment, policy, together, trusted
from miaudit.report.records_table import records_data
from miaudit.report.summary import attackers, facts_of_target, headline_numbers, selection, subject
from miaudit.report.twins import twins
from miaudit.report.which_cut import which_cuts

EXPOSED_COLUMNS = 3  # more attacks' scores than this do not fit beside a record; its card has those of all
FIRST = 1  # attacks whose claims are shown at once; those of the others are folded
LINKED = ("columns", "cut", "records", "pictures", "table", "copies", "detail", "choice", "opening")  # in one script
MANY = 6  # attacks: with more, charts and claims are narrower


def write_report(result: AuditResult, scores: pa.Table | None, path: Path, decision: GateResult | None = None) -> None:
    """Write the page of an audit to `path`, whole or not at all.

    Args:
        result: the result of the audit.
        scores: its scores.parquet, if it is at hand.
        path: where to write the page.
        decision: what a gate decided on the audit; None if none did, so that the page applies a ready-made policy.
    """
    write_atomically(path, render(result, scores, decision).encode())


def render(result: AuditResult, scores: pa.Table | None, decision: GateResult | None = None) -> str:
    """The page of an audit as text; the same audit gives the same text. Without scores it has no row for a record."""
    records = ScoredRecords.from_table(scores, tuple(result.attacks))
    saved = SavedAudit("the audit", result, scores)
    taken = ready_gate(saved) if decision is None else decision
    audit, opening = Audited(result, records), answer(result, records, taken)
    scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch", "charts")} | {"linked": together(LINKED)}
    names = _first(audit.scored, "" if opening.named is None else opening.named.attack)[:EXPOSED_COLUMNS]
    marked = None if opening.named is None else opening.named.named
    listed = names if result.verdict.level == "leaks" else ()
    return (
        environment()
        .get_template("audit.html")
        .render(
            ALPHA=ALPHA,
            FIRST=FIRST,
            result=result,
            records=records,
            answer=opening,
            decision=None if taken is None else decided_in_words(taken, result),
            undecided=not_decidable(saved),
            is_chosen=decision is not None,
            states=words.STATES,
            subject=subject(result.target, len(records)),
            keys=(*headline_numbers(result), *facts_of_target(result.target, len(records))),
            selection=selection(result),
            attackers=attackers(result),
            **_tables(result, opening.named, *names[:1]),
            groups=group_tables(result),
            controls=control_blocks(result.controls),
            sections=sections(audit),
            cuts=which_cuts(result, opening.named),
            twins=twins(records),
            dense=" dense" if len(result.attacks) > MANY else "",
            exposed_attacks=names,
            exposed_rows=exposed_rows(records, listed, marked, class_name=result.target.class_name) if listed else (),
            cut=cut_data(audit, *names[:1]),
            record_data=None if scores is None else records_data(audit, scores, listed, marked),
            glossary=words.GLOSSARY,
            styles=trusted("style.css") + trusted("answer.css") + trusted("charts.css") + trusted("records.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def _tables(result: AuditResult, named: NamedNow | None, first: str = "") -> dict[str, Any]:
    """The tables of attacks, under the names that they have in the templates; claims begin with those of one attack."""
    return {
        "limits": tables.measured_limits(result),
        "missing_rates": tables.missing_rates(result),
        "recalls": tables.recalls(result),
        "attack_rows": tables.attack_rows(result),
        "blind_row": tables.blind_row(result),
        "precision_rows": tables.precision_rows(result),
        "cut_rows": sorted(claims.cut_rows(result, named), key=lambda row: row.name != first),
        "cutless": claims.cutless(result),
    }


def _first(names: tuple[str, ...], first: str) -> tuple[str, ...]:
    """The names in their order, but with one of them at the front if it is among them."""
    return tuple(sorted(names, key=lambda name: name != first))
