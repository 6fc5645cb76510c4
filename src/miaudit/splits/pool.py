"""Split `pool`: many models over the same records, each record in exactly half of them."""

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.seeds import generator
from miaudit.splits.base import ShadowRole, Split, no_rows


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Pool:
    """M models, each trained on a random half, every record in exactly M/2 of them (Carlini et al. 2022, VI).

    Any pool model can stand as the shadow, so one pool serves every attack. Its references are all others but its
    twin, the model trained on the other half: with the twin, the number of references trained on a record would
    tell whether the shadow was, and attacks would learn that instead of a leak.
    Sizes are fractions of the data set; what they leave is test data. Over `auxiliary` data the pool never sees
    the audited records (an offline attacker), else it is drawn over the audited records themselves.
    """

    models: int = Field(default=32, ge=2, multiple_of=2, description="M, even")
    shadows: int = Field(default=16, ge=1, description="how many of the M also stand as shadows, at most M")
    members: float = Field(default=0.5, gt=0, lt=1, description="share of the data that trains the target")
    nonmembers: float = Field(default=0.5, gt=0, lt=1)
    auxiliary: float = Field(default=0.0, ge=0, lt=1, description="share for an offline attacker's own pool")
    population: float = Field(default=0.0, ge=0, lt=1, description="share that no model sees")

    def split(self, n: int, seed: int) -> Split:
        """Split n records at random."""
        shares = [self.members, self.nonmembers, self.auxiliary, self.population]
        if sum(shares) > 1 + 1e-9:
            raise UserError(f"the pool's shares sum to {sum(shares):g}: expected at most 1, lower one of them")
        ends = np.floor(np.cumsum(shares) * n + 1e-9).astype(int)
        order = generator(seed, "pool").permutation(n)
        members, nonmembers, auxiliary, population, test = (np.sort(part) for part in np.split(order, ends))
        if min(len(members), len(nonmembers)) == 0:
            raise UserError(
                f"of {n:,} records the pool's shares give {len(members)} members and {len(nonmembers)} non-members: "
                "raise them"
            )
        return pool_over(members, nonmembers, self.models, self.shadows, seed, auxiliary, population, test)


def pool_over(
    members: Ints,
    nonmembers: Ints,
    models: int,
    shadows: int,
    seed: int,
    auxiliary: Ints | None = None,
    population: Ints | None = None,
    test: Ints | None = None,
) -> Split:
    """A pool over given members and non-members, or over auxiliary rows where there are any."""
    over_audited = auxiliary is None or len(auxiliary) == 0
    rows = np.concatenate([members, nonmembers]) if over_audited or auxiliary is None else auxiliary
    inside = half_of_models(models, len(rows), seed)
    everyone = np.arange(models)
    return Split(
        members=members,
        nonmembers=nonmembers,
        training=tuple(np.sort(rows[mask]) for mask in inside),
        shadows=tuple(
            ShadowRole(m, rows[inside[m]], rows[~inside[m]], everyone[everyone // 2 != m // 2])
            for m in range(min(shadows, models))
        ),
        references=everyone,
        population=no_rows() if population is None else population,
        test=no_rows() if test is None else test,
    )


def half_of_models(models: int, n: int, seed: int) -> Bools:
    """(M, n): models 2k and 2k+1 are trained on a random half and on the other half of the records.

    So every record is in exactly M/2 models, all models see equally many records (give or take one), and a larger
    pool holds the smaller one: models trained for it are used again.

    >>> half_of_models(4, 6, seed=0).sum(axis=0)
    array([2, 2, 2, 2, 2, 2])
    """
    inside = np.zeros((models, n), dtype=bool)
    for pair in range(models // 2):
        half = generator(seed, "pool", "half", pair).permutation(n)[: n // 2]
        inside[2 * pair, half] = True
        inside[2 * pair + 1] = ~inside[2 * pair]
    return inside
