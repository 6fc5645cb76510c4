"""The records of shadow panels, from which attacks learn."""

from collections.abc import Sequence

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from miaudit.maths.draws import draw


def truth(panel: Panel) -> Bools:
    """Known membership (n,) of a shadow's records."""
    return required(panel.member)


def members(shadows: Sequence[Panel]) -> Bools:
    """Known membership (m,) of the records of all these shadow panels, one after the other."""
    return np.concatenate([truth(shadow) for shadow in shadows])


def labels_of(shadows: Sequence[Panel]) -> Ints:
    """Labels (m,) of the records of all these shadow panels, one after the other."""
    return np.concatenate([shadow.labels for shadow in shadows])


def targets(shadows: Sequence[Panel], signal: str) -> Floats:
    """The signal (m, ...) of each shadow on its own records, one shadow after the other."""
    return np.concatenate([shadow.target(signal) for shadow in shadows])


def sampled(evidence: Evidence, limit: int, rng: np.random.Generator) -> tuple[Panel, ...]:
    """The shadow panels, cut down at random to at most `limit` records in all."""
    sizes = [len(shadow) for shadow in evidence.shadows]
    ends = np.cumsum(sizes)
    kept = draw(rng, int(ends[-1]), limit)
    parts = np.split(kept, np.searchsorted(kept, ends[:-1]))
    return tuple(
        shadow.select(part - start) for shadow, part, start in zip(evidence.shadows, parts, ends - sizes, strict=True)
    )
