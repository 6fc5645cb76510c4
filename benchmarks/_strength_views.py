"""Attacks that read views of the records, with and without them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from _strength_attacks import Candidate
from _strength_models import SEED, TARGETS, Models
from miaudit.arrays import Floats
from miaudit.evidence import Evidence
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.seeds import generator

FPRS = (0.01, 0.001)
ON_LABELS = ("gap", "label_only")
WITH_VIEWS = ("base_ratio", "ensemble", "gap", "label_only", "lira", "rmia")
FORCED = (Candidate.of("base_ratio", views="mean"), Candidate.of("lira", views="multivariate"))  # not chosen


class Run(NamedTuple):
    """An attack on evidence with or without views."""

    title: str
    candidate: Candidate
    evidence: Evidence


def measure_views(models: Models, size: int, names: tuple[str, ...]) -> dict[str, Floats]:
    """(targets, FPRs) of attacks that read views, with no further views and with all."""
    found: dict[str, list[list[float]]] = {}
    for target in range(TARGETS):
        evidence, truth = models.evidence(size, target)
        for title, candidate, seen in _runs(evidence, names):
            if candidate.applies(seen):
                scores = candidate.build().score(seen, generator(SEED, "attack", candidate.attack))
                rates = [rate_at_limit(scores[truth], scores[~truth], fpr).above / truth.sum() for fpr in FPRS]
                found.setdefault(title, []).append([float(rate) for rate in rates])
    return {name: np.array(values) for name, values in found.items()}


def _runs(evidence: Evidence, names: tuple[str, ...]) -> Iterator[Run]:
    alone = evidence.each(lambda panel: replace(panel, views=()))
    count = len(evidence.audit.views)
    for name in names:
        yield Run(name, Candidate.of(name), alone)
        if name != "gap":
            yield Run(f"{name}, {count} views", Candidate.of(name), evidence)
    for candidate in (candidate for candidate in FORCED if candidate.attack in names):
        yield Run(f"{candidate.attack}, {count} views, always", candidate, evidence)


def views_table(results: dict[int, dict[str, Floats]]) -> Iterator[str]:
    """Markdown: one row per attack, a column a pool size; in bold the highest mean of a column."""
    yield "| attack | " + " | ".join(f"N = {size}" for size in results) + " |"
    yield "| --- |" + " --- |" * len(results)
    best = {size: np.max([v.mean(axis=0) for v in result.values()], axis=0) for size, result in results.items()}
    for name in sorted({name for result in results.values() for name in result}):
        cells = [_cell(result.get(name), best[size]) for size, result in results.items()]
        yield f"| {name} | " + " | ".join(cells) + " |"


def _cell(rates: Floats | None, best: Floats) -> str:
    if rates is None:
        return "-"
    mean, spread = rates.mean(axis=0), rates.std(axis=0, ddof=1)
    parts = [f"{100 * m:.1f} ({100 * s:.1f})" for m, s in zip(mean, spread, strict=True)]
    return " / ".join(f"**{part}**" if m >= b else part for part, m, b in zip(parts, mean, best, strict=True))
