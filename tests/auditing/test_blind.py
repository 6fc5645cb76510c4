"""The blind attacker: finds what differs, nothing where nothing differs, and learns nothing from copies."""

import numpy as np
import numpy.testing as npt
import pytest
from scipy import stats

from miaudit.arrays import Bools, Floats
from miaudit.auditing.blind import attack_blindly, baseline, most_different, single_columns
from miaudit.auditing.blind_features import Described
from miaudit.auditing.result import BlindBaseline


def described(x: Floats) -> Described:
    names = tuple(f"column {i}" for i in range(x.shape[1]))
    _, copies = np.unique(x, axis=0, return_inverse=True)
    return Described(x, names, copies.reshape(-1), has_records=True)


def looked(x: Floats, member: Bools, seed: int = 0) -> BlindBaseline:
    records = described(x)
    return baseline(records, member, attack_blindly(records, member, np.random.default_rng(seed)))


def test_members_of_another_age_are_told_without_the_model_and_the_column_is_named() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(400) < 200
    x = rng.normal(size=(400, 4))
    x[member, 2] += 4.0
    found = looked(x, member)
    assert found.wins
    assert (found.auc.value or 0) > 0.98
    assert [column.name for column in found.differ] == ["column 2"]
    assert found.differ[0].auc > 0.99


def test_a_difference_that_no_single_column_shows_is_found_by_trees() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1200, 3))
    member = (x[:, 0] > 0) == (x[:, 1] > 0)
    found = looked(x, member)
    assert not found.differ
    assert found.wins


def test_random_splits_look_different_in_at_most_one_of_twenty() -> None:
    """60 worlds in which both sides are drawn alike, with skewed, binary and correlated columns."""
    wins = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        shared = rng.normal(size=(200, 1))
        x = np.column_stack([shared, shared + rng.normal(size=(200, 2)), rng.exponential(size=200)])
        x = np.column_stack([x, rng.random((200, 2)) < 0.1])
        wins.append(looked(x, rng.permutation(200) < 100, seed).wins)
    assert np.sum(wins) <= 7  # a binomial of rate 0.05 exceeds this in 1.2 % of runs


@pytest.mark.parametrize("members", [40, 360])
def test_rare_values_are_no_difference_where_one_side_is_small(members: int) -> None:
    """300 columns that are almost always 0: a normal law calls them different in over half of these worlds."""
    wins = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = (rng.random((400, 300)) < 0.01).astype(np.float64)
        _, p = single_columns(x, rng.permutation(400) < members)
        wins.append((p * 300 < 0.05 / 3).any())
    assert np.sum(wins) <= 4  # a binomial of rate 0.05 / 3 exceeds this in 0.4 % of runs


def test_the_tail_of_rare_values_is_near_the_exact_one() -> None:
    """Five of 1,000 records differ, four of them among the 100 members: 0.00044 of all draws show four or more."""
    member = np.arange(1000) < 100
    x = np.zeros((1000, 1))
    x[[0, 1, 2, 3, 500]] = 1.0
    _, p = single_columns(x, member)
    exact = float(stats.hypergeom.sf(3, 1000, 5, 100))
    assert exact / 2 < p[0] / 2 < exact * 2


def test_the_column_that_differs_most_has_no_gaps() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(200) < 100
    x = rng.normal(size=(200, 3))
    x[member, 1] += 2.0
    x[::7, 1] = np.nan
    found = attack_blindly(described(x), member, rng)
    assert np.isfinite(found.column).all()
    npt.assert_array_equal(found.column[~np.isnan(x[:, 1])], x[~np.isnan(x[:, 1]), 1])


def test_copies_do_not_give_each_other_away() -> None:
    """Every record is there twice, both times on the same side, at random: who may look at a copy tells its side."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(300, 3)), 2, axis=0)
    member = np.repeat(rng.permutation(300) < 150, 2)
    blind = attack_blindly(described(x), member, np.random.default_rng(0))
    apart = Described(x, ("a", "b", "c"), np.arange(600), has_records=True)
    leaky = attack_blindly(apart, member, np.random.default_rng(0))
    assert area(leaky.scores, member) > 0.65
    assert area(blind.scores, member) < 0.6


def area(scores: Floats, member: Bools) -> float:
    return float(np.mean(scores[member][:, None] > scores[~member]))


def test_the_same_records_give_the_same_scores() -> None:
    rng = np.random.default_rng(0)
    x, member = rng.normal(size=(200, 3)), np.arange(200) < 100
    first, second = (attack_blindly(described(x), member, np.random.default_rng(1)) for _ in range(2))
    npt.assert_array_equal(first.scores, second.scores)


@pytest.mark.parametrize("records", [6, 300])
def test_records_that_are_all_alike_tell_nothing(records: int) -> None:
    found = looked(np.zeros((records, 2)), np.arange(records) < records // 2)
    assert not found.wins
    assert found.auc.value == 0.5


def test_missing_values_are_borne() -> None:
    rng = np.random.default_rng(0)
    x, member = rng.normal(size=(200, 3)), np.arange(200) < 100
    x[::7, 1] = np.nan
    x[3, 2] = np.inf
    assert np.isfinite(attack_blindly(described(x), member, rng).scores).all()


def test_a_single_column_by_hand() -> None:
    """Members 1, 2 and 2; non-members 0, 2: of six pairs three and two halves are won, 4 / 6."""
    auc, p = single_columns(np.array([[1.0], [2.0], [2.0], [0.0], [2.0]]), np.array([True, True, True, False, False]))
    npt.assert_allclose(auc, [4 / 6])
    assert 0.4 < p[0] < 1


def test_wide_records_are_read_where_they_differ_most() -> None:
    rng = np.random.default_rng(0)
    x, member = rng.normal(size=(300, 500)), np.arange(300) < 150
    x[member, 321] += 3
    chosen = most_different(x, member)
    assert len(chosen) == 200
    assert 321 in chosen
