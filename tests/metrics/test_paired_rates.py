import numpy as np
import pytest

from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.metrics.paired import NONE_SHARED, ScoresAndTruth, Shared
from miaudit.metrics.paired_rates import (
    _poisson_law,
    _Rates,
    correlation_of_means,
    resampled_differences,
    tpr_change,
)
from miaudit.metrics.roc import tpr_at_fpr

MEMBER = np.arange(400) < 200
ALL = Shared(np.arange(400), np.arange(400))


def test_the_difference_is_that_of_the_two_rates() -> None:
    rng = np.random.default_rng(0)
    first, second = (ScoresAndTruth(rng.normal(size=400) + shift * MEMBER, MEMBER) for shift in (0.5, 2.0))
    one, other = (tpr_at_fpr(*side, 0.05).value or 0.0 for side in (first, second))
    found = tpr_change(first, second, ALL, 0.05).at(0.95)
    assert found.value == pytest.approx(other - one)
    assert found.low is not None
    assert found.low > 0


def test_rates_of_drawn_records_equal_those_of_records_written_out() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        scores = np.round(rng.normal(size=60), 1)  # with ties
        member = rng.random(60) < 0.5
        drawn = rng.poisson(1.0, size=60)
        written = np.repeat(scores, drawn), np.repeat(member, drawn)
        members, nonmembers = written[0][written[1]], written[0][~written[1]]
        expected = rate_at_limit(members, nonmembers, 0.1).above / max(len(members), 1)
        rates = _Rates.of(ScoresAndTruth(scores, member), np.arange(60), 60, 0.1)
        assert rates.at(drawn[None].astype(float)) == pytest.approx([expected])


def test_records_are_drawn_once_on_average() -> None:
    law = _poisson_law()
    assert law.mean() == pytest.approx(1, abs=1e-4)
    assert law.var() == pytest.approx(1, abs=1e-3)


def test_what_two_scores_share_cancels_and_other_records_share_nothing() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=400) + MEMBER
    first = ScoresAndTruth(scores, MEMBER)
    second = ScoresAndTruth(scores + 0.01 * rng.normal(size=400), MEMBER)

    def width(shared: Shared) -> float:
        found = tpr_change(first, second, shared, 0.05).at(0.95)
        return (found.high or 0.0) - (found.low or 0.0)

    assert width(ALL) < width(NONE_SHARED) / 2


def test_worlds_without_a_difference_seldom_show_one() -> None:
    rng = np.random.default_rng(3)
    member = np.arange(2000) < 1000
    shared = Shared(np.arange(2000), np.arange(2000))
    rejected = 0
    for _ in range(40):
        base = rng.normal(size=2000) + member
        sides = [ScoresAndTruth(base + 0.5 * rng.normal(size=2000), member) for _ in range(2)]
        found = tpr_change(sides[0], sides[1], shared, 0.01).at(0.95)
        rejected += not (found.low or 0.0) <= 0 <= (found.high or 0.0)
    assert rejected <= 5  # more than 5 of 40 at a rate of 5 % happen in 1 % of runs


def test_too_few_non_members_leave_no_number() -> None:
    found = tpr_change(ScoresAndTruth(np.arange(400.0), MEMBER), ScoresAndTruth(np.arange(400.0), MEMBER), ALL, 1e-4)
    assert found.at(0.95).note == "needs >= 10,000 non-members, have 200"
    assert found.p == 1


def test_means_over_the_same_records_are_fully_correlated() -> None:
    values = np.array([0.0, 1.0, 1.0, 0.0])
    everywhere = np.arange(4)
    assert correlation_of_means(values, 1 - values, Shared(everywhere, everywhere)) == pytest.approx(-1)
    assert correlation_of_means(values, np.ones(4), Shared(everywhere, everywhere)) == 0


def test_one_seed_draws_the_same_records_whatever_the_scores() -> None:
    rng = np.random.default_rng(4)
    scores = rng.normal(size=400) + MEMBER
    first, second = ScoresAndTruth(scores, MEMBER), ScoresAndTruth(scores + rng.normal(size=400), MEMBER)
    there = resampled_differences(first, second, ALL, 0.05, seed=7)
    back = resampled_differences(second, first, ALL, 0.05, seed=7)
    np.testing.assert_allclose(there, -back)
    np.testing.assert_array_equal(resampled_differences(first, first, ALL, 0.05, seed=7), 0.0)
