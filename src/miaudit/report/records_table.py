"""The table of single records: what the page carries of each, where an audit that found a leak shows records at all."""

from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.config.audit import PICTURE
from miaudit.decisions.explain import explanations
from miaudit.decisions.saved import SavedAudit
from miaudit.report.charts.base import Audited
from miaudit.report.columns import counts, measured, of_any_type, scores, text
from miaudit.report.cut import dense_ranks
from miaudit.report.exposed import exposed_order

COLUMN = "column."  # begins the names of further columns of the table
MOST_COLUMNS = 12  # of them in the page
EXPLAINED = 50  # records whose exposure is put in words
NOT_MEMBER, MEMBER, UNKNOWN = 0, 1, 2


def records_data(audit: Audited, table: pa.Table, shown: tuple[str, ...], named: Bools | None) -> dict[str, Any] | None:
    """What the page's table of records needs, as JSON; None where nobody is shown or the truth is unknown.

    Args:
        audit: the audit with its records.
        table: its `scores.parquet`, for the further columns.
        shown: the attacks beside each record, the one that orders the records first; empty where nobody is shown.
        named: (n,) the records that the page names; None where it names none.
    """
    if not shown or not audit.records.has_both:
        return None
    records = audit.records
    order = exposed_order(records.scores[shown[0]], np.zeros(len(records), dtype=bool) if named is None else named)
    return {
        "rows": len(records),
        "id": text(records.ids).as_json(),
        "label": text(map(audit.result.target.class_name, records.labels.tolist())).as_json(),
        "truth": counts(_truth(records)).as_json(),
        "shown": [audit.scored.index(name) for name in shown],
        "named": None if named is None else _flags(named),
        "attacks": [_attack(records, name) for name in audit.scored],
        "columns": _columns(table),
        "fit": _fit(records.loss),
        "reference": _fit(records.reference_loss),
        "pictures": _pictures(table, order[:EXPLAINED]),
        "why": _why(audit, table, order[:EXPLAINED]),
    }


def _truth(records: ScoredRecords) -> Ints:
    truth: Ints = np.where(records.known, np.where(records.member, MEMBER, NOT_MEMBER), UNKNOWN)
    return truth


def _attack(records: ScoredRecords, name: str) -> dict[str, Any]:
    distinct, rank = dense_ranks(records.scores[name])
    called = records.called.get(name)
    return {
        "rank": counts(rank).as_json(),
        "score": scores(distinct).as_json(),
        "called": None if called is None else _flags(called),
    }


def _flags(values: Bools) -> dict[str, str]:
    return counts(values.astype(np.int64)).as_json()


def _columns(table: pa.Table) -> list[dict[str, Any]]:
    names = [name for name in table.column_names if name.startswith(COLUMN)][:MOST_COLUMNS]
    return [
        {"name": name.removeprefix(COLUMN), "values": of_any_type(table[name].to_pylist()).as_json()} for name in names
    ]


def _fit(values: Floats | None) -> dict[str, str] | None:
    return None if values is None else measured(values).as_json()


def _pictures(table: pa.Table, rows: Ints) -> dict[str, Any] | None:
    """The pictures of the first records, one after another; None where the audit has none of them."""
    if PICTURE not in table.column_names:
        return None
    drawn = {row: picture for row in rows.tolist() if (picture := table[PICTURE][row].as_py()) is not None}
    if not drawn:
        return None
    size = list(next(iter(drawn.values()))[:3])  # channels, rows and columns, the same of all
    pixels = b"".join(picture[3:] for picture in drawn.values())
    packed = counts(np.frombuffer(pixels, dtype=np.uint8).astype(np.int64))
    return {"rows": list(drawn), "size": size, "pixels": packed.as_json()}


def _why(audit: Audited, table: pa.Table, rows: Ints) -> dict[str, tuple[str, ...]]:
    """Why the first records are exposed, in sentences; none where the truth of some records is unknown."""
    if not audit.records.known.all():
        return {}
    found = explanations(SavedAudit("the audit", audit.result, table), rows.tolist())
    return {str(row): explanation.sentences for row, explanation in found.items()}
