"""Nobody wins where nothing leaks: over 200 worlds of each kind, intervals of the AUC hold 1/2 as often as they claim.

No model's outputs depend on the records that it was trained on. The roles of records and models are those of the splits
that audits use, so that a split which gives members away, such as by the number of references trained on each record,
would show as well. To be quick, the 200 worlds of a kind share their models: each has its own audited records, and all
of these are scored at once. `benchmarks/coverage.py` draws and learns anew in each world.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from miaudit import registry
from miaudit.arrays import Floats, Ints
from miaudit.attacks.base import Attack, ReadsMore, check_needs
from miaudit.auditing.known import Knowable
from miaudit.auditing.scoring import score
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Pool
from miaudit.metrics.roc import auc
from miaudit.splits.base import Split, Splitter
from miaudit.splits.pool import Pool as PoolSplit
from miaudit.splits.six_way import SixWay
from worlds import World, with_students, with_views

WORLDS, SIDE, CLASSES, POPULATION = 200, 25, 4, 500  # SIDE: members of each world, and as many non-members
N = WORLDS * SIDE
ERROR = 1e-4  # of each test, if every interval covers 1/2 in 95 % of worlds: 100 tests err once in 100 runs


class Kind(NamedTuple):
    """A kind of world."""

    split: Splitter
    records: int  # beside the population
    views: bool = False
    students: bool = False


KINDS = {
    "six-way": Kind(SixWay(target_in=N, target_out=N, shadow_in=500, shadow_out=500, reference=1000), 2 * N + 2000),
    "pool of 2": Kind(PoolSplit(models=2), 2 * N),
    "pool of 8": Kind(PoolSplit(models=8, shadows=1), 2 * N),
    "pool of 8, views": Kind(PoolSplit(models=8, shadows=1), 2 * N, views=True),
    "pool of 8, students": Kind(PoolSplit(models=8, shadows=1), 2 * N, students=True),
}


def null_world(kind: Kind, leak: float = 0.0, seed: int = 0) -> World:
    """Evidence of a split in which the target alone gives its members' true class a logit that is higher by `leak`."""
    rng = np.random.default_rng(seed)
    split = kind.split.split(kind.records, seed)
    n = kind.records + POPULATION
    labels = rng.integers(CLASSES, size=n)
    base = rng.normal(size=(n, CLASSES))
    base[np.arange(n), labels] += rng.normal(2.0, 1.5, size=n)
    logits = base + rng.normal(0.0, 0.7, size=(1 + len(split.training), n, CLASSES))
    logits[0, split.members, labels[split.members]] += leak
    world = World(_evidence(split, logits, labels), np.isin(split.audited, split.members))
    if kind.students:
        return with_students(world, rng, leak=0.0)
    return with_views(world, rng) if kind.views else world


def _evidence(split: Split, logits: Floats, labels: Ints) -> Evidence:
    """What an audit by this split observes; model 0 of the logits is the target."""
    n = len(labels)
    inside = np.stack([np.isin(np.arange(n), rows) for rows in (split.members, *split.training)])
    pool, references = Pool.of(logits, labels, inside), 1 + split.references
    population = pool.stand_in(0, references, np.arange(n - POPULATION, n)).hidden()
    return Evidence.of(
        pool.stand_in(0, references, split.audited).hidden(),
        [
            pool.stand_in(1 + role.model, 1 + role.references, np.sort(np.concatenate([role.inside, role.outside])))
            for role in split.shadows
        ],
        population=population,
    )


@cache
def world_of(kind: str, leak: float = 0.0) -> World:
    return null_world(KINDS[kind], leak)


def attack(name: str) -> Attack:
    built: Attack = registry.build("attacks", name, {})
    return built


def scores_of(name: str, world: World) -> Floats:
    """The scores as an audit takes them: attacks that need known records are dealt a tenth of the audited ones."""
    return score(name, attack(name), world.evidence, 0, Knowable(world.member, 0.1))


def applies(name: str, kind: str) -> bool:
    """Does the evidence have what the attack needs, and is it not that of another kind?"""
    plugin, evidence = attack(name), world_of(kind).evidence
    read = [plugin.needs, *([plugin.helped_by] if isinstance(plugin, ReadsMore) else [])]
    if KINDS[kind].views and not any(needs.views for needs in read):
        return False
    if KINDS[kind].students and not any(needs.students for needs in read):
        return False
    try:
        check_needs(name, plugin, evidence.part(evidence.audit, evidence.audit))
    except UserError:
        return False
    return True


def misses(scores: Floats, world: World) -> int:
    """In how many of the worlds, into which the records are dealt, the 95 % interval of the AUC leaves 1/2."""
    members, nonmembers = scores[world.member], scores[~world.member]
    truth = np.arange(2 * SIDE) < SIDE
    found = [auc(np.concatenate([members[w::WORLDS], nonmembers[w::WORLDS]]), truth) for w in range(WORLDS)]
    return sum(not (area.low or 0.0) <= 0.5 <= (area.high or 1.0) for area in found)


def most_misses() -> int:
    """The number of misses that intervals with a coverage of 95 % pass with a probability of ERROR at most."""
    return int(binom.isf(ERROR, WORLDS, 0.05))


@pytest.mark.parametrize("name", registry.names("attacks"))
@pytest.mark.parametrize("kind", KINDS)
def test_intervals_leave_one_half_no_more_often_than_they_may(kind: str, name: str) -> None:
    if not applies(name, kind):
        pytest.skip("this kind of world lacks what the attack needs, or has views or students that it does not read")
    world = world_of(kind)
    assert misses(scores_of(name, world), world) <= most_misses()


@pytest.mark.parametrize("name", registry.names("attacks"))
def test_every_attack_is_tried(name: str) -> None:
    assert any(applies(name, kind) for kind in KINDS)


def test_a_leak_would_show() -> None:
    """Members have logits higher by one: among so few records most intervals hold 1/2 all the same, but too few do."""
    world = world_of("pool of 8", leak=1.0)
    assert misses(scores_of("loss", world), world) > most_misses()
