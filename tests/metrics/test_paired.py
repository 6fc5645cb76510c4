import numpy as np
import pytest

from miaudit.metrics.change import Change
from miaudit.metrics.paired import ScoresAndTruth, Shared, auc_change, auc_difference
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc

MEMBER = np.arange(400) < 200


def width(quantity: Quantity) -> float:
    return (quantity.high or 0.0) - (quantity.low or 0.0)


def test_the_difference_is_that_of_the_two_areas() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=400) + MEMBER, rng.normal(size=400)
    expected = (auc(first, MEMBER).value or 0) - (auc(second, MEMBER).value or 0)
    assert auc_difference(first, second, MEMBER).value == pytest.approx(expected)


def test_what_two_scores_share_cancels() -> None:
    """Nearly the same scores: the interval is far narrower than that of unrelated scores."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=400)
    near = auc_difference(first, first + 0.01 * rng.normal(size=400), MEMBER)
    far = auc_difference(first, rng.normal(size=400), MEMBER)
    assert width(near) < width(far) / 2


def test_the_interval_holds_no_difference_in_95_of_100_pairs_without_one() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(400):
        shared = rng.normal(size=400) + 0.7 * MEMBER
        found = auc_difference(shared + rng.normal(size=400), shared + rng.normal(size=400), MEMBER)
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.92  # a binomial of rate 0.95 falls below this in 0.5 % of runs


def test_two_perfect_scores_do_not_give_a_width_of_zero() -> None:
    perfect = MEMBER.astype(float)
    found = auc_difference(perfect, perfect, MEMBER)
    assert found.value == 0
    assert found.low is not None
    assert found.low < 0


def jackknife_error(first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared) -> float:
    """The error of second - first when each record is left out in turn of every curve that it belongs to."""
    pairs = dict(zip(shared.first.tolist(), shared.second.tolist(), strict=True))
    records: list[tuple[int | None, int | None]] = [(i, pairs.get(i)) for i in range(len(first.scores))]
    records += [(None, j) for j in range(len(second.scores)) if j not in pairs.values()]

    def area(side: ScoresAndTruth, out: int | None) -> float:
        kept = np.arange(len(side.scores)) != (-1 if out is None else out)
        return auc(side.scores[kept], side.member[kept]).value or 0.0

    left = np.array([area(second, j) - area(first, i) for i, j in records])
    return float(((left - left.mean()) ** 2).sum() ** 0.5)


def error(change: Change) -> float:
    return width(change.at(0.95)) / 2 / 1.959964


@pytest.mark.parametrize("case", ["all shared", "half shared", "none shared", "members are non-members there"])
def test_the_error_is_that_of_the_jackknife(case: str) -> None:
    rng = np.random.default_rng(2)
    hard = rng.normal(size=400)
    first = ScoresAndTruth(hard + 0.3 * rng.normal(size=400) + 0.5 * MEMBER, MEMBER)
    places = {"half shared": np.arange(0, 400, 2), "none shared": np.empty(0, dtype=np.int64)}.get(case, np.arange(400))
    other = rng.normal(size=400)
    other[places] = hard[places]
    member = ~MEMBER if case.startswith("members") else MEMBER
    second = ScoresAndTruth(other + 0.3 * rng.normal(size=400) + 0.5 * member, member)
    shared = Shared(places, places)
    added = 4 / (200 * 201)  # the variance of the four records added, about
    expected = (jackknife_error(first, second, shared) ** 2 + added) ** 0.5
    assert error(auc_change(first, second, shared)) == pytest.approx(expected, rel=0.01)


def test_worlds_where_members_of_one_are_non_members_of_the_other_seldom_show_a_difference() -> None:
    """Hard records raise the AUC of one audit where they lower that of the other; independence would reject too often.

    Here nothing leaks, so no AUC differs.
    """
    rng = np.random.default_rng(4)
    places = np.arange(200)
    shared, member = Shared(places, places), places < 100
    rejected = []
    for _ in range(400):
        hard = rng.normal(size=200)
        first, second = (hard + 0.3 * rng.normal(size=200) for _ in range(2))
        change = auc_change(ScoresAndTruth(first, member), ScoresAndTruth(second, ~member), shared)
        rejected.append(change.p < 0.05)
    assert np.mean(rejected) <= 0.08  # a binomial of rate 0.05 exceeds this in 0.5 % of runs
