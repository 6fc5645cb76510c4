"""Ties at the cut: by hand, against random orders, and against the rate without ties."""

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.metrics.roc import tpr_at_fpr
from miaudit.metrics.summary import summarise
from miaudit.metrics.ties import first_cut, randomised_tpr_at_fpr


def forest() -> tuple[Floats, Bools]:
    """1,619 of 2,000 members and 312 of 2,000 non-members share the top score; the others differ."""
    rng = np.random.default_rng(0)
    member = np.arange(4000) < 2000
    scores = rng.random(4000)
    scores[:1619] = scores[2000:2312] = 1.0
    return scores, member


def test_the_first_cut_calls_all_that_share_the_highest_score() -> None:
    found = first_cut(*forest())
    assert (found.fpr, found.tpr) == (312 / 2000, 1619 / 2000)
    assert found.hides(0.01)
    assert found.hides(0.155)
    assert not found.hides(0.156)


def test_ties_at_the_cut_are_broken_in_proportion() -> None:
    scores, member = forest()
    assert tpr_at_fpr(scores, member, 0.01).value == 0
    found = randomised_tpr_at_fpr(scores, member, 0.01)
    assert found.value == pytest.approx(20 / 312 * 1619 / 2000)
    assert found.low is not None
    assert found.high is not None
    assert 0.01 < found.low < 0.0519 < found.high < 0.12


def test_it_is_the_mean_over_random_orders() -> None:
    scores, member = forest()
    rng = np.random.default_rng(1)
    drawn = [tpr_at_fpr(scores + 1e-9 * rng.random(4000), member, 0.01).value or 0.0 for _ in range(300)]
    # Strictly above the 21st non-member lie 21/20 times as many members as above 20 joined points.
    assert np.mean(drawn) == pytest.approx(21 / 313 * 1619 / 2000, rel=0.03)


@pytest.mark.parametrize("fpr", [0.01, 0.001, 0.1])
def test_without_ties_it_is_the_usual_rate(fpr: float) -> None:
    rng = np.random.default_rng(2)
    member = np.arange(4001) < 2000
    scores = rng.normal(member * 1.0, 1.0)
    usual, drawn = (rate(scores, member, fpr) for rate in (tpr_at_fpr, randomised_tpr_at_fpr))
    assert (usual.value, usual.low, usual.high) == pytest.approx((drawn.value, drawn.low, drawn.high))
    assert not first_cut(scores, member).hides(fpr)


def test_too_few_nonmembers_resolve_nothing() -> None:
    scores, member = np.arange(100.0), np.arange(100) < 50
    assert randomised_tpr_at_fpr(scores, member, 0.01).value is None


def test_one_score_for_all_is_guessing() -> None:
    member = np.arange(400) < 200
    assert randomised_tpr_at_fpr(np.zeros(400), member, 0.05).value == pytest.approx(0.05)
    assert first_cut(np.zeros(400), member).model_dump() == {"fpr": 1.0, "tpr": 1.0}


def test_they_are_part_of_the_summary() -> None:
    found = summarise(*forest())
    assert found.first_cut == first_cut(*forest())
    assert found.randomised_tpr_at_fpr["0.01"] == randomised_tpr_at_fpr(*forest(), 0.01)
    assert found.randomised_tpr_at_fpr["0.0001"].value is None


@pytest.mark.parametrize("ties", [4, 40])
def test_the_interval_covers_the_rate_of_the_population(ties: int) -> None:
    """Scores in a few steps: members Binomial(ties, 0.7), others Binomial(ties, 0.5); the truth by exact sums."""
    from scipy import stats

    steps = np.arange(ties, -1, -1)
    accused, found = (np.append(0, np.cumsum(stats.binom.pmf(steps, ties, p))) for p in (0.5, 0.7))
    truth = float(np.interp(0.05, accused, found))
    rng = np.random.default_rng(ties)
    covered = 0
    for _ in range(200):
        member = np.arange(400) < 200
        scores = rng.binomial(ties, np.where(member, 0.7, 0.5)).astype(np.float64)
        quantity = randomised_tpr_at_fpr(scores, member, 0.05)
        assert quantity.low is not None
        assert quantity.high is not None
        covered += quantity.low <= truth <= quantity.high
    assert covered >= 181  # 95 % are 190, less three standard deviations
