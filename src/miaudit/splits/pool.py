"""Split `pool`: many models over the same records, each trained on as many records as the target."""

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.seeds import generator
from miaudit.splits._rounds import Draws, draw_in_rounds
from miaudit.splits._shadows import Stand, Stands
from miaudit.splits.base import ShadowRole, Split, no_rows


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Pool:
    """M models, each trained on as many records as the target, every record in equally many (Carlini et al. 2022, VI).

    If there are as many members as non-members, each model is trained on a random half, and every record is in
    exactly M/2 models; otherwise these counts differ by one at most. A model trained on more records than the target
    knows each of them less well, and would not show what the target leaks.
    Any pool model can stand as the shadow, so one pool serves every attack. Its references are models with
    independently drawn training records, so not its twin, the model trained on the other half: with the twin, the
    number of references trained on a record would reveal whether the shadow was, and attacks would learn that instead
    of a leak.
    Sizes are fractions of the data set; what they leave is test data. Over `auxiliary` data the pool never sees
    the audited records (an offline attacker), else it is drawn over the audited records themselves.
    """

    models: int = Field(default=32, ge=2, le=10_000, multiple_of=2, description="M: number of models, even")
    shadows: int = Field(default=16, ge=1, le=10_000, description="how many of the M also stand as shadows, at most M")
    members: float = Field(default=0.5, gt=0, lt=1, description="share of the data that trains the target")
    nonmembers: float = Field(
        default=0.5, gt=0, lt=1, description="share of the data that is audited and does not train the target"
    )
    auxiliary: float = Field(
        default=0.0, ge=0, lt=1, description="share of the data for an offline attacker's own pool"
    )
    population: float = Field(default=0.0, ge=0, lt=1, description="share of the data that no model sees")

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
    """A pool over given members and non-members, or over auxiliary rows where there are any.

    Args:
        members: the target's training rows; each model of the pool is trained on as many, where there are enough.
        nonmembers: audited rows that the target was not trained on.
        models: M, even.
        shadows: how many models also stand as shadows, at most.
        seed: all draws follow from it.
        auxiliary: rows for an offline attacker's own pool, which then never sees the audited ones.
        population: rows that no model sees.
        test: rows that no model sees, for test accuracy and early stopping.
    """
    over_audited = auxiliary is None or len(auxiliary) == 0
    rows = np.concatenate([members, nonmembers]) if over_audited or auxiliary is None else auxiliary
    # A flag and half a row number for each model and record; a shadow has its records once more.
    needed = len(rows) * (5.0 * models + 8.0 * min(shadows, models))
    check_memory(needed, f"a pool of {models:,} models over {len(rows):,} records", "lower `models` or `shadows`")
    inside, draws = training_sets(models, len(rows), len(members), seed)
    return Split(
        members=members,
        nonmembers=nonmembers,
        training=tuple(np.sort(rows[mask]) for mask in inside),
        shadows=tuple(_role(stand, rows, inside[stand.model]) for stand in Stands(inside, draws, seed).all(shadows)),
        references=np.arange(models),
        population=no_rows() if population is None else population,
        test=no_rows() if test is None else test,
    )


def training_sets(models: int, n: int, size: int, seed: int) -> tuple[Bools, Draws]:
    """(M, n) which of M models is trained on which of n records, `size` records each, and the draws behind that.

    The numbers of models that any two records are in differ by one at most, whether the target was trained on them or
    not. If the size is half of the records, models 2k and 2k+1 are trained on a random half and on the other half. A
    larger pool holds every smaller one, so models trained for that are used again.

    Every record must be left out of two models or more, since attacks compare with those. Where `size` is too large
    for that, models are trained on fewer records, and how many depends on M.

    >>> training_sets(4, 6, 3, seed=0)[0].sum(axis=0).tolist()
    [2, 2, 2, 2, 2, 2]
    """
    turns = np.arange(1, models + 1)
    size = min(size, max(n - -(-2 * n // models), n // 2))
    if abs(2 * size - n) <= 1:  # halves of an odd number of records differ by one
        draws = draw_in_rounds(turns * n // 2, n, seed)
        return draws.drawn, draws
    if 2 * size < n:
        draws = draw_in_rounds(turns * size, n, seed)
        return draws.drawn, draws
    draws = draw_in_rounds(turns * (n - size), n, seed)
    return ~draws.drawn, draws


def _role(stand: Stand, rows: Ints, inside: Bools) -> ShadowRole:
    own, others = rows[inside & stand.records], rows[~inside & stand.records]
    return ShadowRole(stand.model, own, others, stand.references)
