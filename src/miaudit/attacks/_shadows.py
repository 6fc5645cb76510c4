"""The records of all shadow panels, from which attacks learn."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.attacks._classifier import draw
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required


def truth(panel: Panel) -> Bools:
    """Known membership (n,) of a shadow's records."""
    return required(panel.member)


def members(evidence: Evidence) -> Bools:
    """(m,) membership of the records of all shadow panels, one after the other."""
    return np.concatenate([truth(shadow) for shadow in evidence.shadows])


def targets(evidence: Evidence, signal: str) -> Floats:
    """(m, ...) the signal of each shadow on its own records, one after the other."""
    return np.concatenate([shadow.target(signal) for shadow in evidence.shadows])


def sampled(evidence: Evidence, limit: int, rng: np.random.Generator) -> tuple[Panel, ...]:
    """The shadow panels, cut down at random to at most `limit` records in all."""
    ends = np.cumsum([len(shadow) for shadow in evidence.shadows])
    chosen = np.split(kept := draw(rng, int(ends[-1]), limit), np.searchsorted(kept, ends[:-1]))
    starts = ends - [len(shadow) for shadow in evidence.shadows]
    return tuple(
        shadow.select(part - start) for shadow, part, start in zip(evidence.shadows, chosen, starts, strict=True)
    )


def target_posteriors(panel: Panel) -> Floats:
    """(n, C) probabilities that the panel's target gives."""
    return panel.target("posteriors")
