"""No count of references may tell who is a shadow's member, or a member of the target."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit import registry
from miaudit.arrays import Bools, Floats
from miaudit.attacks.base import check_needs
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Pool
from miaudit.splits.base import Split
from miaudit.splits.pool import pool_over
from worlds import auc, binary_logits

SIZES = [(100, 100), (100, 300), (100, 900), (300, 700), (333, 667), (700, 300), (900, 100), (510, 490)]


def pool(members: int, nonmembers: int, models: int, seed: int = 0) -> Split:
    everyone = np.arange(members + nonmembers)
    return pool_over(everyone[:members], everyone[members:], models, models, seed)


def who(split: Split) -> Bools:
    """(M, n) who is trained on what."""
    return np.array([np.isin(split.audited, rows) for rows in split.training])


def counts_auc(inside: Bools, member: Bools) -> float:
    """How well the number of references with each record tells the members."""
    return auc(inside.sum(axis=0).astype(np.float64), member)


@given(members=st.integers(2, 60), nonmembers=st.integers(2, 60), pairs=st.integers(1, 8), seed=st.integers(0, 99))
def test_roles_of_any_sizes(members: int, nonmembers: int, pairs: int, seed: int) -> None:
    split = pool(members, nonmembers, 2 * pairs, seed)
    inside = who(split)
    n = members + nonmembers
    times = inside.sum(axis=0)
    assert times.max() - times.min() <= 1
    if members <= nonmembers:
        assert {abs(len(rows) - members) for rows in split.training} <= ({0, 1} if n % 2 else {0})
    for shadow in split.shadows:
        assert shadow.model not in shadow.references
        assert set(shadow.inside.tolist()) <= set(split.training[shadow.model].tolist())
        assert not np.isin(shadow.outside, split.training[shadow.model]).any()
        assert min(len(shadow.inside), len(shadow.outside)) > 0
        assert len(np.unique(np.concatenate([shadow.inside, shadow.outside]))) == len(shadow.inside) + len(
            shadow.outside
        )


@pytest.mark.parametrize("models", [4, 8, 16, 32])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_count_tells_the_members_of_shadows(sizes: tuple[int, int], models: int) -> None:
    found = []
    for seed in range(5):
        split = pool(*sizes, models, seed)
        inside = who(split)
        for shadow in split.shadows:
            rows = np.concatenate([shadow.inside, shadow.outside])
            found.append(counts_auc(inside[np.ix_(shadow.references, rows)], np.isin(rows, shadow.inside)))
    assert len(found) >= models  # enough to tell
    assert abs(np.mean(found) - 0.5) < 0.01


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_no_count_tells_the_members_of_the_target(sizes: tuple[int, int]) -> None:
    found = [counts_auc(who(pool(*sizes, 10, seed)), np.arange(sum(sizes)) < sizes[0]) for seed in range(40)]
    deviation = np.sqrt((sum(sizes) + 1) / (12 * sizes[0] * sizes[1]) / 40)
    assert abs(np.mean(found) - 0.5) < 4 * deviation


def test_a_small_share_leaves_a_round_unfinished_and_shadows_are_judged_without_in_references() -> None:
    split = pool(100, 900, 8)
    inside = who(split)
    assert [len(rows) for rows in split.training] == [100] * 8
    assert set(inside.sum(axis=0).tolist()) == {0, 1}
    for shadow in split.shadows:
        rows = np.concatenate([shadow.inside, shadow.outside])
        assert (len(shadow.inside), len(shadow.outside), len(shadow.references)) == (100, 200, 7)
        assert not inside[np.ix_(shadow.references, rows)].any()


def test_more_members_than_a_pool_can_leave_out_train_it_on_fewer_records() -> None:
    small, large = pool(900, 100, 8), pool(900, 100, 32)
    assert {len(rows) for rows in small.training} == {750}  # every record is left out of 2 of 8
    assert {len(rows) for rows in large.training} == {900}
    assert (~who(small)).sum(axis=0).min() == 2


class World(NamedTuple):
    evidence: Evidence
    member: Bools


def world(members: int, nonmembers: int, models: int, leak: float, seed: int) -> World:
    """A pool over records whose two-class models raise the true class's logit by `leak` where they know the record."""
    rng = np.random.default_rng(seed)
    split = pool(members, nonmembers, models, seed)
    n = members + nonmembers
    member = np.arange(n) < members
    inside = np.concatenate([who(split), member[None]])
    phi = rng.normal(0.0, 1.5, n) + rng.normal(0.0, 0.7, inside.shape) + leak * inside
    table = Pool.of(binary_logits(phi), np.ones(n, dtype=np.int64), inside)
    rows = [np.sort(np.concatenate([shadow.inside, shadow.outside])) for shadow in split.shadows[:2]]
    shadows = [table.stand_in(s.model, s.references, own) for s, own in zip(split.shadows, rows, strict=False)]
    return World(Evidence.of(table.stand_in(models, split.references), shadows), member)


def score(name: str, found: World) -> Floats:
    attack = registry.build("attacks", name, {})
    try:
        check_needs(name, attack, found.evidence)
    except UserError:
        pytest.skip("the world lacks what the attack needs")
    scores: Floats = attack.score(found.evidence, np.random.default_rng(0))
    return scores


@pytest.mark.parametrize("models", [8, 32])
@pytest.mark.parametrize("name", registry.names("attacks"))
def test_nobody_wins_on_a_pool_of_unequal_sizes_where_nothing_leaks(name: str, models: int) -> None:
    found = world(200, 1800, models, leak=0.0, seed=models)
    deviation = np.sqrt(2001 / (12 * 200 * 1800))
    assert abs(auc(score(name, found), found.member) - 0.5) < 4 * deviation


@pytest.mark.parametrize("models", [8, 32])
@pytest.mark.parametrize("name", ["lira", "bavaria", "base_ratio", "ensemble"])
def test_a_leak_shows_on_a_pool_of_unequal_sizes(name: str, models: int) -> None:
    found = world(200, 1800, models, leak=2.0, seed=models)
    assert auc(score(name, found), found.member) > 0.85
