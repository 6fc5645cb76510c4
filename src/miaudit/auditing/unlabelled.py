"""Sets records aside for defences that learn from records without labels."""

from dataclasses import replace

import numpy as np

from miaudit.errors import UserError
from miaudit.seeds import generator
from miaudit.splits.base import Split


def set_aside(split: Split, share: float, seed: int) -> Split:
    """The split with a share of its population, or of its test part if it has none, as unlabelled records.

    The records are drawn at random and leave the part that they come from: models learn from them, so they can no
    longer stand for records that no model saw. No other draw of the split changes.

    Args:
        split: the split to take them from.
        share: share of the part's records, in (0, 1].
        seed: the audit's seed.

    Raises:
        UserError: the split has neither part.
    """
    part = "population" if len(split.population) else "test"
    rows = split.population if len(split.population) else split.test
    count = round(share * len(rows))
    if count == 0:
        raise UserError(
            "the defence learns from records that no audited model is trained on, and the split leaves none: give it a "
            "`population` or a `test` part (a pool: members, nonmembers and auxiliary that sum to less than 1)"
        )
    taken = np.sort(generator(seed, "unlabelled").choice(rows, size=count, replace=False))
    left = np.setdiff1d(rows, taken)
    if part == "population":
        return replace(split, unlabelled=taken, population=left)
    return replace(split, unlabelled=taken, test=left)
