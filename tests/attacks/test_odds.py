"""A score is read as a likelihood ratio: known answers for Gaussian scores, and records that nobody learned from."""

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._odds import Scorer, cross_fitted, line


def gaussian_scores(members: int, nonmembers: int, leak: float) -> tuple[Floats, Bools]:
    """Scores of deviation 1, around `leak` for members and around 0 for the others: the log ratio is a line."""
    member = np.arange(members + nonmembers) < members
    return np.random.default_rng(0).normal(size=len(member)) + leak * member, member


@pytest.mark.parametrize("nonmembers", [20_000, 60_000])
def test_the_log_ratio_of_two_gaussians(nonmembers: int) -> None:
    """It is leak x - leak^2 / 2 whatever the share of members; both numbers have a standard error below 0.02."""
    found = line(*gaussian_scores(20_000, nonmembers, 1.5))
    assert found.slope == pytest.approx(1.5, abs=0.06)
    assert found.intercept == pytest.approx(-1.125, abs=0.06)


def test_scores_that_tell_nothing_are_worth_nothing() -> None:
    scores, member = gaussian_scores(5_000, 5_000, 0.0)
    assert np.abs(line(scores, member).log_ratio(scores)).max() < 0.2
    assert line(-scores, scores > 0).slope == 0.0  # lower for members: never the other way round


def test_scores_that_separate_all_records_are_worth_a_finite_number() -> None:
    assert 1.0 < line(np.repeat([-1.0, 1.0], 100), np.arange(200) >= 100).slope < 10.0


class Learner:
    """Knows the records that it learned from by heart, by their first feature, and nothing of others."""

    def __init__(self, features: Floats, member: Bools, learnt: list[Ints]) -> None:
        self.features, self.member, self.learnt = features, member, learnt

    def __call__(self, rows: Ints) -> Scorer:
        self.learnt.append(rows)
        known = dict(zip(self.features[rows, 0], self.member[rows], strict=True))
        return lambda asked: np.array([5.0 * (2 * known[x] - 1) if x in known else 0.0 for x in asked[:, 0]])


def test_no_record_is_scored_by_who_learned_from_it() -> None:
    """Three shadows over the same 200 records: what a learner knows by heart is worth nothing."""
    ids = np.tile(np.arange(200), 3)
    member = np.tile(np.random.default_rng(0).random(200) < 0.5, 3)
    learnt: list[Ints] = []
    learner = Learner(ids[:, None].astype(np.float64), member, learnt)
    found = cross_fitted(learner, learner.features, member, ids, np.random.default_rng(0))
    assert found is not None
    assert found.slope == 0.0
    assert sorted(np.concatenate(learnt)) == list(range(600))
    assert [len(np.unique(ids[rows])) for rows in learnt] == [100, 100]
    assert line(learner(np.arange(600))(learner.features), member).slope > 1.0  # in the sample


def test_it_is_the_line_of_both_halves() -> None:
    scores, member = gaussian_scores(300, 300, 1.0)

    def learn(rows: Ints) -> Scorer:
        del rows
        return lambda asked: asked[:, 0]

    found = cross_fitted(learn, scores[:, None], member, np.arange(600), np.random.default_rng(0))
    assert found == pytest.approx(line(scores, member), rel=1e-4)


def test_halves_without_members_or_without_others_tell_nothing() -> None:
    member = np.array([True, False, False, False])
    rng = np.random.default_rng(0)
    assert cross_fitted(lambda _: lambda asked: asked[:, 0], np.zeros((4, 1)), member, np.arange(4), rng) is None
