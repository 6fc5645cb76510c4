"""Chooses references and records for each shadow of a pool, so that neither reveals the shadow's members."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.seeds import generator
from miaudit.splits._rounds import Draws

ENOUGH = 4  # models of a shadow's own round are not used if a quarter of all models lie in other rounds


class Stand(NamedTuple):
    """A model of the pool in the role of a shadow."""

    model: int
    references: Ints  # positions of models
    records: Bools  # (n,) the records of its panel
    is_apart: bool  # no reference shares a round with it


@dataclass(frozen=True, eq=False)
class Stands:
    """Finds the references and records of each shadow of a pool.

    A record that another model of the same round was not trained on is more likely a member of the shadow. So
    references come from other rounds; of two complementary halves, one is never the other's reference. If other rounds
    hold too few models, models of the same round serve too, on records that none of them was trained on.
    """

    inside: Bools  # (M, n) which model is trained on which record
    draws: Draws  # of each model's training records, or of the records it is not trained on
    seed: int

    def all(self, count: int) -> list[Stand]:
        """The first `count` models that can be shadows: if possible, only such as share no round with a reference."""
        stands = [self._stand(model) for model in range(len(self.inside))]
        able = [stand for stand in stands if self._has_both_kinds(stand)]
        if self.covers_all and any(stand.is_apart for stand in able):
            able = [stand for stand in able if stand.is_apart]
        return able[:count]

    @property
    def covers_all(self) -> bool:
        """Has every record a model that was trained on it and one that was not?"""
        times = self.inside.sum(axis=0)
        return bool(((times > 0) & (times < len(self.inside))).all())

    def _has_both_kinds(self, stand: Stand) -> bool:
        own = self.inside[stand.model] & stand.records
        return bool(own.any() and (stand.records & ~own).any())

    def _stand(self, model: int) -> Stand:
        apart = np.flatnonzero(~self.draws.mates(model))
        records = np.ones(self.inside.shape[1], dtype=bool)
        if ENOUGH * len(apart) < len(self.inside):
            references, records = self._with_mates(model, apart)
            return Stand(model, references, self._evened(model, references, records), is_apart=False)
        times = self.inside[apart].sum(axis=0)
        records &= times < len(apart)
        if self.covers_all:  # attacks take one form on the audited records and on these
            records &= times > 0
        return Stand(model, apart, self._evened(model, apart, records), is_apart=True)

    def _with_mates(self, model: int, apart: Ints) -> tuple[Ints, Bools]:
        """Add references from the same round, as long as the panel keeps at least as many outsiders as members."""
        own, records, kept = self.inside[model], np.ones(self.inside.shape[1], dtype=bool), []
        for mate in np.flatnonzero(self.draws.mates(model)):
            left = records & ~self.inside[mate]
            if mate != model and own.sum() <= (left & ~own).sum() and (left | ~own).all():
                records = left
                kept.append(mate)
        return np.sort(np.concatenate([apart, np.array(kept, dtype=np.int64)])), records

    def _evened(self, model: int, references: Ints, records: Bools) -> Bools:
        """If rounds overlap, leave out some records, so that members and outsiders are in equally many references."""
        if self.draws.is_exact or not records.any():
            return records
        own, times = self.inside[model], self.inside[references].sum(axis=0)
        rng = generator(self.seed, "pool", "even", model)
        ratio = (records & ~own).sum() / max((records & own).sum(), 1)
        kept = np.zeros_like(records)
        for count in np.unique(times[records]):
            members, outsiders = (np.flatnonzero(records & (times == count) & side) for side in (own, ~own))
            most = min(len(members), len(outsiders) / max(ratio, 1e-9))
            kept[rng.permutation(members)[: round(most)]] = True
            kept[rng.permutation(outsiders)[: round(most * ratio)]] = True
        return kept
