"""How far the attacks agree: on the order of the records, and on those that they call members."""

from itertools import combinations

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.metrics.agreement import rank_correlations, shared
from miaudit.presenter import NOTHING, count, minus
from miaudit.report.charts.base import Audited, Cell, Grid, GridRow, Section

MOST = 12  # attacks


def agreement(audit: Audited) -> Section | None:
    """The section on agreement; None with less than two attacks."""
    names = audit.scored[:MOST]
    if len(names) < 2:
        return None
    correlations = rank_correlations(np.column_stack([audit.records.scores[name] for name in names]))
    return Section(
        key="agreement",
        question="researchers",
        place=70,
        heading="Do the attacks agree?",
        text=_text(audit.records, names, correlations),
        charts=(),
        grid=_grid(audit.records, names, correlations),
    )


def _text(records: ScoredRecords, names: tuple[str, ...], correlations: Floats) -> str:
    pairs = {(a, b): float(correlations[a, b]) for a, b in combinations(range(len(names)), 2)}
    sure = {pair: value for pair, value in pairs.items() if np.isfinite(value)}
    sentences = [
        "Spearman’s rank correlation of the scores of two attacks, and how many records both call members at their own "
        "cuts."
    ]
    if sure:
        (a, b), (c, d) = max(sure, key=lambda pair: sure[pair]), min(sure, key=lambda pair: sure[pair])
        sentences.append(
            f"Most alike are {names[a]} and {names[b]} ({_two(sure[a, b])}), least alike {names[c]} and {names[d]} "
            f"({_two(sure[c, d])})."
        )
    called = [records.called[name] for name in names if name in records.called]
    if len(called) > 1 and records.has_both:
        calls = np.sum(called, axis=0)[records.member]
        sentences.append(
            f"Of {count(len(calls))} members, {count(int((calls == 0).sum()))} are called members by no attack, "
            f"{count(int((calls == 1).sum()))} by one alone, {count(int((calls == len(called)).sum()))} by all "
            f"{len(called)} that have a cut."
        )
    return " ".join(sentences)


def _grid(records: ScoredRecords, names: tuple[str, ...], correlations: Floats) -> Grid:
    rows = tuple(
        GridRow(
            f"{place + 1} {name}",
            (
                *(
                    _cell(records, name, other, float(correlations[place, at]))
                    for at, other in enumerate(names[:place])
                ),
                Cell(NOTHING, _own(records, name)),
            ),
        )
        for place, name in enumerate(names)
    )
    heads = tuple(str(place + 1) for place in range(len(names)))
    return Grid("Agreement between attacks", "Attack", heads, rows)


def _cell(records: ScoredRecords, name: str, other: str, correlation: float) -> Cell:
    shade = max(0.0, correlation) if np.isfinite(correlation) else 0.0
    if name not in records.called or other not in records.called:
        return Cell(_two(correlation), shade=shade)
    both = shared(records.called[name], records.called[other])
    return Cell(_two(correlation), f"{count(both.both)} of {count(both.either)}", shade)


def _own(records: ScoredRecords, name: str) -> str:
    return f"calls {count(int(records.called[name].sum()))}" if name in records.called else ""


def _two(value: float) -> str:
    return minus(f"{value:.2f}") if np.isfinite(value) else NOTHING
