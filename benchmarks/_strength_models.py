"""Trains, or finds, the models of a world, and arranges what they say as evidence."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from _strength_worlds import World
from miaudit import registry
from miaudit.arrays import Bools, Ints
from miaudit.auditing.collect import Collector, auxiliary_query, stored_outputs
from miaudit.auditing.viewed import given_for
from miaudit.datasets.base import Dataset
from miaudit.evidence import Evidence
from miaudit.running.local import run_local
from miaudit.running.work import Work
from miaudit.seeds import child_seed, generator
from miaudit.splits.base import ShadowRole, Split, no_rows
from miaudit.splits.pool import pool_over
from miaudit.store.local import LocalStore
from miaudit.training.job import Method
from miaudit.views.base import Views
from miaudit.views.search import views_of

SEED = 0
TARGETS = 4
APART: Literal["apart"] = "apart"  # one shadow and one reference, trained on other records than the audited ones
Setting = int | Literal["apart"]  # or the number of models in the pool


@dataclass(frozen=True, eq=False)
class Trained:
    """Models, and the rows that each was trained on, in the roles that they have."""

    split: Split
    works: tuple[Work, ...]


@dataclass(frozen=True, eq=False)
class Models:
    """A trained pool, a shadow and a reference apart from it, and the targets of both."""

    data: Dataset
    pool: Trained
    apart: Trained | None
    targets: tuple[Work, ...]
    store: LocalStore

    def evidence(self, setting: Setting, target: int) -> tuple[Evidence, Bools]:
        """Evidence against a target with the first models of the pool, or with the two models apart; and the truth."""
        work, trained = self.targets[target], self._trained(setting)
        rows = self.pool.split.audited
        inside = work.job.rows
        split = replace(trained.split, members=np.intersect1d(rows, inside), nonmembers=np.setdiff1d(rows, inside))
        (outputs, *of_views), (auxiliary, *auxiliary_views) = (
            [stored_outputs(works, self.data.y[works[0].query], self.store, v) for v in range(len(works[0].keys))]
            for works in ((work,), trained.works)
        )
        further = tuple(of_views), tuple(auxiliary_views)
        collector = Collector(self.data, split, outputs, work.query, auxiliary, trained.works[0].query, *further)
        evidence, truth, _ = collector.evidence(no_rows())
        return evidence, truth

    def _trained(self, setting: Setting) -> Trained:
        if setting == APART:
            if self.apart is None:
                raise ValueError("this world has no models apart")
            return self.apart
        whole = self.pool.split
        split = pool_over(whole.members, whole.nonmembers, setting, setting, SEED, population=whole.population)
        return Trained(split, self.pool.works[:setting])


def train(world: World, store: LocalStore, views: int, largest: int, labels_only: bool = False) -> Models:
    """Train, or find, the pool and the targets, and the models apart; ask them about records and so many views.

    Args:
        world: data set and recipe.
        store: where models and outputs are kept.
        views: number of further views of each record.
        largest: number of models in the pool.
        labels_only: whether views are those that are made for attacks on labels alone.
    """
    options = {"normalise": True} if world.normalise else {}
    data: Dataset = registry.build("datasets", world.dataset, options).load()
    order = generator(SEED, "strength").permutation(len(data))
    rows, rest = np.sort(order[: world.records]), order[world.records :]
    half = world.records // 2
    whole = pool_over(rows[:half], rows[half:], largest, largest, SEED, population=np.sort(rest[: world.population]))
    further = views_of(given_for(data, world.recipe, SEED, labels_only), views)
    maker = _Maker(Method.of(world.recipe, data), further)
    pool = Trained(whole, maker.works("pool", whole.training, auxiliary_query(whole)))
    apart = None
    if world.is_apart and not views:
        split = _apart(whole, rest[world.population :])
        apart = Trained(split, maker.works("apart", split.training, auxiliary_query(split)))
    halves = [np.sort(generator(SEED, "target", t).choice(rows, half, replace=False)) for t in range(TARGETS)]
    targets = maker.works("target", halves, auxiliary_query(whole))
    run_local([*targets, *pool.works, *(apart.works if apart else ())], data, store, progress=_say)
    return Models(data, pool, apart, targets, store)


def _apart(whole: Split, rows: Ints) -> Split:
    """One shadow, audited like the target, and one reference, each trained on as many records as the target."""
    size = len(whole.members)
    inside, outside, reference = (np.sort(part) for part in np.split(rows, [size, 2 * size, 3 * size])[:3])
    if len(reference) < size:
        raise ValueError(f"{len(rows):,} records are left for a shadow and a reference, they need {3 * size:,}")
    return replace(
        whole,
        training=(inside, reference),
        shadows=(ShadowRole(0, inside, outside, np.array([1])),),
        references=np.array([1]),
    )


@dataclass(frozen=True)
class _Maker:
    """Makes jobs of one recipe."""

    method: Method
    views: Views | None

    def works(self, name: str, training: "list[Ints] | tuple[Ints, ...]", query: Ints) -> tuple[Work, ...]:
        """One work for each set of training rows; models of one name and place have one seed."""
        seeds = [child_seed(SEED, "strength", name, m) for m in range(len(training))]
        return tuple(
            Work(self.method.job(rows, seed), query, self.views) for rows, seed in zip(training, seeds, strict=True)
        )


def _say(stage: str, done: int, total: int) -> None:
    if done == total or done % 12 == 0:
        print(f"  {stage}: {done} of {total}", flush=True)
