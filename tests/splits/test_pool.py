import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.arrays import Bools
from miaudit.errors import UserError
from miaudit.seeds import generator
from miaudit.splits.base import Split
from miaudit.splits.pool import Pool, training_sets


def inside(split: Split, n: int) -> Bools:
    """(M, n): who is trained on what, by the slow way."""
    found = np.zeros((len(split.training), n), dtype=bool)
    for m, rows in enumerate(split.training):
        for row in rows:
            assert not found[m, row], "a row is given twice"
            found[m, row] = True
    return found


@given(pairs=st.integers(1, 6), n=st.integers(0, 40), seed=st.integers(0, 2**40))
def test_each_record_is_in_half_of_the_models_and_pairs_are_complementary(pairs: int, n: int, seed: int) -> None:
    found = training_sets(2 * pairs, n, n // 2, seed)[0]
    assert (found.sum(axis=0) == pairs).all()
    assert (found[0::2] == ~found[1::2]).all()
    assert set(found.sum(axis=1).tolist()) <= {n // 2, n - n // 2}


@given(pairs=st.integers(1, 5), more=st.integers(1, 5), n=st.integers(1, 30))
def test_a_larger_pool_begins_with_the_smaller_one(pairs: int, more: int, n: int) -> None:
    small, large = (training_sets(m, n, n // 2, 7)[0] for m in (2 * pairs, 2 * (pairs + more)))
    assert np.array_equal(large[: 2 * pairs], small)


def old_halves(models: int, n: int, seed: int) -> Bools:
    """Who was trained on what when every model was trained on half: the names of stored models follow from it."""
    found = np.zeros((models, n), dtype=bool)
    for pair in range(models // 2):
        found[2 * pair, generator(seed, "pool", "half", pair).permutation(n)[: n // 2]] = True
        found[2 * pair + 1] = ~found[2 * pair]
    return found


@given(pairs=st.integers(1, 6), n=st.integers(0, 40), seed=st.integers(0, 2**40))
def test_equal_sizes_keep_the_names_of_stored_models(pairs: int, n: int, seed: int) -> None:
    for size in (n // 2, n - n // 2):
        assert np.array_equal(training_sets(2 * pairs, n, size, seed)[0], old_halves(2 * pairs, n, seed))


@given(models=st.sampled_from([2, 4]), n=st.integers(12, 40))
def test_so_do_few_models_of_a_target_with_most_of_the_records(models: int, n: int) -> None:
    """They cannot be trained on more than half, if each record is to be left out of two (of one, where M is 2)."""
    assert np.array_equal(training_sets(models, n, 5 * n // 6, 0)[0], old_halves(models, n, 0))


@given(pairs=st.integers(1, 5), more=st.integers(1, 5), size=st.integers(1, 30))
def test_so_does_a_larger_pool_of_small_models(pairs: int, more: int, size: int) -> None:
    small, large = (training_sets(m, 60, size, 7)[0] for m in (2 * pairs, 2 * (pairs + more)))
    assert np.array_equal(large[: 2 * pairs], small)


def test_an_offline_attackers_models_are_as_large_as_the_target_where_records_suffice() -> None:
    split = Pool(models=4, shadows=2, members=0.2, nonmembers=0.2, auxiliary=0.6).split(100, seed=0)
    assert [len(rows) for rows in split.training] == [20] * 4
    short = Pool(models=4, shadows=2, members=0.5, nonmembers=0.2, auxiliary=0.3).split(100, seed=0)
    assert [len(rows) for rows in short.training] == [15] * 4


def test_a_pool_over_the_audited_records() -> None:
    split = Pool(models=8, shadows=3, members=0.3, nonmembers=0.4, population=0.1).split(200, seed=0)
    parts = [split.members, split.nonmembers, split.population, split.test]
    assert [len(part) for part in parts] == [60, 80, 20, 40]
    assert len(np.unique(np.concatenate(parts))) == 200
    found = inside(split, 200)
    assert [len(rows) for rows in split.training] == [60] * 8
    assert set(found[:, split.audited].sum(axis=0).tolist()) == {3, 4}  # 8 * 60 / 140
    assert not found[:, np.concatenate([split.population, split.test])].any()
    assert split.references.tolist() == list(range(8))


def test_shadows_judge_all_records_with_references_that_do_not_tell_their_members() -> None:
    split = Pool(models=6, shadows=16).split(50, seed=0)
    found = inside(split, 50)
    assert [shadow.model for shadow in split.shadows] == list(range(6))  # no more than there are models
    for shadow in split.shadows:
        assert np.array_equal(np.sort(shadow.inside), split.training[shadow.model])
        both = np.concatenate([shadow.inside, shadow.outside])
        assert np.array_equal(np.sort(both), np.sort(split.audited))
        # All but itself and its twin: to have been left out by the twin is to be a member.
        assert len(shadow.references) == 4
        assert shadow.model not in shadow.references
        own = found[shadow.model][split.audited]
        for reference in shadow.references:
            assert 0.1 < (found[reference][split.audited] == own).mean() < 0.9


def test_an_offline_attackers_pool_never_sees_the_audited_records() -> None:
    split = Pool(models=4, shadows=2, members=0.3, nonmembers=0.3, auxiliary=0.4).split(100, seed=0)
    found = inside(split, 100)
    assert not found[:, split.audited].any()
    auxiliary = np.setdiff1d(np.arange(100), split.audited)
    assert (found[:, auxiliary].sum(axis=0) == 2).all()
    for shadow in split.shadows:
        assert np.array_equal(np.sort(np.concatenate([shadow.inside, shadow.outside])), auxiliary)


def test_shares_above_one_are_refused() -> None:
    with pytest.raises(UserError, match=r"sum to 1\.2: expected at most 1"):
        Pool(members=0.7, nonmembers=0.5).split(100, seed=0)


def test_shares_that_sum_to_one_only_in_decimals_use_every_record() -> None:
    split = Pool(members=0.7, nonmembers=0.1, auxiliary=0.1, population=0.1).split(100, seed=0)
    assert [len(split.members), len(split.nonmembers), len(split.population), len(split.test)] == [70, 10, 10, 0]


def test_too_few_records_for_the_shares_are_refused() -> None:
    with pytest.raises(UserError, match=r"0 members.*raise"):
        Pool(members=0.01, nonmembers=0.5).split(20, seed=0)


def test_options_are_checked() -> None:
    for wrong in ({"models": 7}, {"models": 0}, {"shadows": 0}, {"members": 1.5}):
        with pytest.raises(ValueError, match="validation error"):
            Pool(**wrong)
