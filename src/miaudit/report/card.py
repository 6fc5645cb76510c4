"""Audits and comparisons as compact cards, which notebooks show as the value of a cell."""

import pyarrow as pa

from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.card import Table, Tint, card
from miaudit.decisions.comparison import Against, Leaks
from miaudit.decisions.naming import NamedNow
from miaudit.presenter import NOTHING, Printed, count, limit
from miaudit.report.answer import answer
from miaudit.report.comparison import difference_rows
from miaudit.report.tables import attack_rows, measured_limits

CHANGES: dict[Leaks, Tint] = {"less": "good", "more": "bad", "mixed": "warn", "unclear": "neutral"}
STRONGEST = 3  # attacks in the card
TINTS: dict[str, Tint] = {"leaks": "bad", "invalid": "bad", "no_leak_found": "good"}  # by level; all others warn


def audit_card(result: AuditResult, scores: pa.Table | None) -> str:
    """The verdict, the grade, the strongest attacks with their intervals, and how many records can be named.

    Args:
        result: the result of an audit.
        scores: its table with one row per record; None where it is not at hand.
    """
    found = answer(result, ScoredRecords.from_table(scores, tuple(result.attacks)))
    tint = TINTS.get(result.verdict.level, "warn")
    who = f"{count(result.target.members)} members, {count(result.target.nonmembers)} non-members"
    about = f"{result.target.description}; {who}; {len(result.attacks)} attacks."
    sentences = (f"{result.verdict.headline} {found.sentence}", _named(found.named), about)
    return card(found.graded.name, sentences, _strongest(result), tint)


def comparison_card(against: Against) -> str:
    """One audit compared with a first one: the answer, and every test that shows a difference."""
    shown = [row for row in difference_rows(against) if row.direction != "unclear"]
    heads = ("what changed beyond chance", "before", "after", "difference", "p")
    rows = [(row.title, row.before, row.after, row.change.text(), row.p) for row in shown]
    table = Table(heads, rows) if rows else None
    return card(against.headline, (f"{against.detail}.", *against.sentences), table, CHANGES[against.leaks])


def _named(named: NamedNow | None) -> str:
    if named is None:
        return ""
    records = "record" if named.number == 1 else "records"
    return (
        f"{count(named.number)} {records} can be named ({named.attack}): {count(named.members)} of "
        f"{count(named.number)} are members."
    )


def _strongest(result: AuditResult) -> Table | None:
    """The strongest attacks with AUC and TPR at the most usual rates; None without attacks."""
    rows = attack_rows(result)[:STRONGEST]
    if not rows:
        return None
    heads = ("strongest attacks", "AUC", *(f"TPR at {limit(fpr)} FPR" for fpr in measured_limits(result)))
    return Table(heads, [(row.name, _cell(row.auc), *(_cell(tpr) for tpr in row.tprs)) for row in rows])


def _cell(printed: Printed) -> str:
    return printed._replace(note="").text() or NOTHING
