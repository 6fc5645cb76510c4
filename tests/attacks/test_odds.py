"""A score is read as a likelihood ratio: known answers for Gaussian scores, and records that nobody learned from."""

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._odds import Dealt, Scorer, dealt, held_out, worth
from miaudit.attacks._odds import line as line_or_none
from miaudit.maths.odds import Odds


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


def line(scores: Floats, member: Bools) -> Odds:
    found = line_or_none(scores, member)
    assert found is not None
    return found


class Learner:
    """Knows the records that it learned from by heart, by their first feature, and nothing of others."""

    def __init__(self, features: Floats, member: Bools, learnt: list[Ints]) -> None:
        self.features, self.member, self.learnt = features, member, learnt

    def __call__(self, rows: Ints) -> Scorer:
        self.learnt.append(rows)
        known = dict(zip(self.features[rows, 0], self.member[rows], strict=True))
        return lambda asked: np.array([5.0 * (2 * known[x] - 1) if x in known else 0.0 for x in asked[:, 0]])


@pytest.mark.parametrize(("folds", "judged"), [(2, 2), (5, 5), (2, 1)])
def test_no_record_is_scored_by_who_learned_from_it(folds: int, judged: int) -> None:
    """Three shadows over the same 200 records: what a learner knows by heart is worth nothing."""
    ids = np.tile(np.arange(200), 3)
    member = np.tile(np.random.default_rng(0).random(200) < 0.5, 3)
    learnt: list[Ints] = []
    learner = Learner(ids[:, None].astype(np.float64), member, learnt)
    known, others = dealt(folds, [ids, ids[150:400]], np.random.default_rng(0))
    np.testing.assert_array_equal(others, known[150:400])
    asked = np.flatnonzero(known < judged)
    parts = [Dealt(learner.features[rows], known[rows]) for rows in (asked, asked[::3])]
    for scores in held_out(learner, known, parts, judged):
        np.testing.assert_array_equal(scores, 0.0)
    assert [len(np.unique(ids[rows])) for rows in learnt] == [200 - 200 // folds] * judged
    assert all(len(rows) == 3 * len(np.unique(ids[rows])) for rows in learnt)
    left_out = np.concatenate([np.setdiff1d(np.arange(600), rows) for rows in learnt])
    np.testing.assert_array_equal(np.sort(left_out), asked)
    assert line(learner(np.arange(600))(learner.features), member).slope > 1.0  # in the sample


def test_scores_stand_where_their_records_stand() -> None:
    """Some of the others are known and some are new; a fold may hold none of the known records."""
    names = np.array([7, 3]), np.array([3, 9, 1, 5, 7])
    folds = dealt(3, names, np.random.default_rng(0))
    parts = [Dealt(10.0 * ids[:, None], fold) for ids, fold in zip(names, folds, strict=True)]

    def learn(rows: Ints) -> Scorer:
        del rows
        return lambda asked: asked[:, 0]

    of_known, of_others = held_out(learn, folds[0], parts, 3)
    np.testing.assert_array_equal(of_known, [70.0, 30.0])
    np.testing.assert_array_equal(of_others, [30.0, 90.0, 10.0, 50.0, 70.0])


@pytest.mark.parametrize("member", [True, False])
def test_records_of_one_kind_tell_nothing(member: bool) -> None:
    assert line_or_none(np.arange(4.0), np.full(4, member)) is None


@pytest.mark.parametrize(("members", "nonmembers"), [(50, 50), (50, 500), (500, 50)])
def test_a_ratio_takes_50_members_and_50_nonmembers(members: int, nonmembers: int) -> None:
    scores, member = gaussian_scores(members, nonmembers, 1.0)
    assert worth(scores, member) == line(scores, member)._asdict()
    one_less = np.arange(len(member)) != (0 if members == 50 else len(member) - 1)
    found = worth(scores[one_less], member[one_less])
    assert isinstance(found, str)
    assert found.endswith(", fewer than 50 of a kind")
