"""ROC curve, AUC, TPR at a low FPR."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom
from sklearn.metrics import roc_auc_score, roc_curve

from miaudit.arrays import Bools, Floats
from miaudit.metrics.roc import auc, roc, tpr_at_fpr


def gaussian(rng: np.random.Generator, shift: float, members: int, nonmembers: int) -> tuple[Floats, Bools]:
    scores = np.concatenate([rng.normal(shift, 1, members), rng.normal(0, 1, nonmembers)])
    return scores, np.arange(members + nonmembers) < members


both_kinds = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds)
def test_curve_and_area_are_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    fpr, tpr, thresholds = roc_curve(member, scores, drop_intermediate=False)
    found = roc(scores, member)
    np.testing.assert_allclose(found.fpr, fpr)
    np.testing.assert_allclose(found.tpr, tpr)
    np.testing.assert_array_equal(found.thresholds, thresholds)
    assert auc(scores, member).value == pytest.approx(roc_auc_score(member, scores))


@given(both_kinds)
def test_area_mirrors_with_its_interval(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    found, mirrored = auc(scores, member), auc(-scores, member)
    assert found.value == pytest.approx(1.0 - (mirrored.value or 0.0))
    assert found.low == pytest.approx(1.0 - (mirrored.high or 0.0))
    assert 0.0 <= (found.low or 0.0) <= (found.value or 0.0) <= (found.high or 0.0) <= 1.0


def test_interval_approaches_delongs() -> None:
    scores, member = gaussian(np.random.default_rng(0), 1.0, 3000, 2000)
    above = scores[member][:, None] > scores[~member][None, :]  # DeLong's placements, pair by pair
    variance = above.mean(axis=1).var(ddof=1) / 3000 + above.mean(axis=0).var(ddof=1) / 2000
    found = auc(scores, member)
    assert found.value == pytest.approx(above.mean())
    assert (found.high or 0) - (found.low or 0) == pytest.approx(2 * 1.95996 * np.sqrt(variance), rel=0.01)


def test_perfect_attack_on_few_records_is_not_certain() -> None:
    found = auc(np.array([2.0, 2.0, 1.0, 1.0]), np.array([True, True, False, False]))
    assert (found.value, found.high) == (1.0, 1.0)
    assert (found.low or 1.0) < 0.7


@pytest.mark.parametrize(("shift", "truth"), [(0.0, 0.5), (2.5, 0.96145)])
@pytest.mark.parametrize("records", [10, 100])
def test_area_interval_covers(shift: float, truth: float, records: int) -> None:
    rng = np.random.default_rng(1)
    found = [auc(*gaussian(rng, shift, records, records)) for _ in range(300)]
    covered = np.mean([(one.low or 0) <= truth <= (one.high or 0) for one in found])
    assert covered >= 0.91  # 93 % less three standard errors would be 0.89


def misses_one_half(scores: Floats, member: Bools) -> bool:
    found = auc(scores, member)
    return not (found.low or 0.0) <= 0.5 <= (found.high or 1.0)


def test_where_nothing_leaks_untied_scores_miss_one_half_as_often_as_they_may() -> None:
    """Whatever the law of the scores, the ranks of the members are a random draw: one rate holds for all attacks."""
    rng, scores, inside = np.random.default_rng(4), np.arange(300.0), np.arange(300) < 150
    missed = np.mean([misses_one_half(scores, rng.permutation(inside)) for _ in range(2000)])
    assert 0.033 <= missed <= 0.065  # 5 %, and three standard errors


@pytest.mark.parametrize(("members", "yes"), [(50, 68), (150, 90), (150, 210), (500, 88), (500, 700)])
def test_where_nothing_leaks_a_yes_or_no_misses_one_half_in_5_percent_at_most(members: int, yes: int) -> None:
    """Exact: given how many records get a yes, the number of members among them is hypergeometric."""
    hits = np.arange(max(0, yes - members), min(yes, members) + 1)
    chance = hypergeom.pmf(hits, 2 * members, yes, members)
    groups = np.stack([hits, members - hits, yes - hits, members - yes + hits], axis=1)
    member = np.arange(2 * members) < members
    missed = [misses_one_half(np.repeat([1.0, 0.0, 1.0, 0.0], sizes), member) for sizes in groups[chance > 1e-5]]
    assert chance[chance > 1e-5] @ missed <= 0.05


def test_tpr_at_fpr_takes_the_largest_within_the_limit() -> None:
    nonmembers = np.arange(100.0)
    members = np.array([200.0, 98.5, 97.5, 50.0])
    scores = np.concatenate([members, nonmembers])
    member = np.arange(104) < 4
    assert tpr_at_fpr(scores, member, 0.01).value == 0.5  # one false positive, 99, is allowed
    assert tpr_at_fpr(scores, member, 0.02).value == 0.75


@settings(max_examples=50)
@given(both_kinds, st.sampled_from([0.1, 0.25, 0.5]))
def test_tpr_at_fpr_is_read_off_the_curve(rows: list[tuple[int, bool]], limit: float) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    found = tpr_at_fpr(scores, member, limit)
    if np.sum(~member) < 1 / limit:
        assert found.value is None
        return
    curve = roc(scores, member)
    assert found.value == pytest.approx(curve.tpr[curve.fpr <= limit + 1e-12].max())


def test_too_few_nonmembers_print_what_is_needed() -> None:
    scores, member = gaussian(np.random.default_rng(0), 1.0, 300, 200)
    found = tpr_at_fpr(scores, member, 0.0001)
    assert not found.resolved
    assert found.text() == "needs >= 10,000 non-members, have 200"


def test_exactly_enough_nonmembers_resolve() -> None:
    scores, member = gaussian(np.random.default_rng(0), 1.0, 10, 1000)
    assert tpr_at_fpr(scores, member, 0.001).resolved
    assert not tpr_at_fpr(scores[:-1], member[:-1], 0.001).resolved


@pytest.mark.parametrize("records", [500, 2000])
def test_tpr_interval_covers(records: int) -> None:
    rng = np.random.default_rng(2)
    truth = 0.092373  # 1 - Phi(Phi^-1(0.99) - 1)
    found = [tpr_at_fpr(*gaussian(rng, 1.0, records, records), 0.01) for _ in range(200)]
    assert np.mean([(one.low or 0) <= truth <= (one.high or 0) for one in found]) >= 0.93


def test_tpr_interval_covers_where_scores_tie_at_the_limit() -> None:
    rng = np.random.default_rng(3)
    member = np.arange(2000) < 1000
    covered = 0
    for _ in range(200):  # a yes-or-no attack: FPR 0.9 %, so the true TPR at 1 % is 40 %, and at less it is 0
        said = np.concatenate([rng.random(1000) < 0.4, rng.random(1000) < 0.009]).astype(float)
        found = tpr_at_fpr(said, member, 0.01)
        covered += (found.low or 0) <= 0.4 <= (found.high or 0)
    assert covered >= 186
