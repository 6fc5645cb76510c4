"""Lower bounds on epsilon."""

import numpy as np
import pytest

from miaudit.metrics.epsilon import choose_rule, epsilon, epsilon_bound
from miaudit.metrics.intervals import clopper_pearson


def test_published_bound() -> None:
    # arXiv 2006.07709 (Jagielski et al. 2020), Section 5.1: 500 of 500 right gives 4.54 at 99 %; also in
    # tensorflow_privacy/privacy/privacy_tests/epsilon_lower_bound_test.py, test_bound_scalar_clopper_pearson,
    # and by jax_privacy/auditing.py, CanaryScoreAuditor.epsilon_clopper_pearson(significance=0.01).
    assert float(epsilon_bound(500, 500, 0, 500, confidence=0.99)) == pytest.approx(4.5419, abs=5e-5)


def test_closed_form_with_delta() -> None:
    tpr, fpr = clopper_pearson(70, 100).low, clopper_pearson(5, 80).high
    assert float(epsilon_bound(70, 100, 5, 80)) == pytest.approx(np.log(tpr / fpr))
    assert float(epsilon_bound(70, 100, 5, 80, delta=0.1)) == pytest.approx(np.log((tpr - 0.1) / fpr))


def test_bound_is_never_below_zero() -> None:
    assert epsilon_bound([0, 5, 10], 10, [10, 5, 10], 10).tolist() == [0.0, 0.0, 0.0]
    assert float(epsilon_bound(10, 10, 0, 10, delta=0.99)) == 0.0


def test_noise_proves_nothing() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(200) < 100
    bounds = [epsilon(rng.normal(size=200), member, rng).low or 0.0 for _ in range(300)]
    assert np.mean(np.array(bounds) > 0) <= 0.05


def test_clear_leak_is_proved_on_both_sides() -> None:
    member = np.arange(2000) < 1000
    rng = np.random.default_rng(0)
    accepted = np.where(member & (rng.random(2000) < 0.3), 5.0, 0.0)  # some members stand out
    rejected = np.where(~member & (rng.random(2000) < 0.3), -5.0, 0.0)  # some non-members stand out
    for scores in (accepted, rejected):
        found = epsilon(scores, member, np.random.default_rng(1))
        assert 2.5 < (found.low or 0) < (found.value or 0)
        assert found.high is None
        assert found.n == 500
    assert choose_rule(accepted, member, 0.95, 0.0).accept
    assert not choose_rule(rejected, member, 0.95, 0.0).accept


def test_bound_stays_below_the_truth() -> None:
    rng = np.random.default_rng(2)
    member = np.arange(1000) < 500
    truth = np.log(0.75 / 0.25)  # randomised response: epsilon is log 3
    bounds = []
    for _ in range(200):
        said = np.where(rng.random(1000) < 0.75, member, ~member).astype(float)
        bounds.append(epsilon(said, member, rng).low or 0.0)
    assert np.mean(np.array(bounds) > truth) <= 0.05
    assert np.mean(bounds) > truth / 2


def test_rule_is_the_best_of_all_where_all_are_tried() -> None:
    rng = np.random.default_rng(3)
    scores, member = np.round(rng.normal(size=60), 1), rng.random(60) < 0.5
    scores += 3 * member
    best = 0.0
    for cut in np.unique(scores):
        above = scores > cut
        tp, fp = np.sum(above & member), np.sum(above & ~member)
        fn, tn = np.sum(~above & member), np.sum(~above & ~member)
        best = max(best, float(epsilon_bound(tp, tp + fn, fp, fp + tn)), float(epsilon_bound(tn, fp + tn, fn, tp + fn)))
    rule = choose_rule(scores, member, 0.95, 0.0)
    called = (scores > rule.cut) == rule.accept
    wanted = member == rule.accept
    reached = epsilon_bound(np.sum(called & wanted), np.sum(wanted), np.sum(called & ~wanted), np.sum(~wanted))
    assert best > 0
    assert float(reached) == pytest.approx(best)


def test_one_record_of_a_kind_cannot_be_split() -> None:
    found = epsilon(np.array([1.0, 0.0, 0.0]), np.array([True, False, False]), np.random.default_rng(0))
    assert found.text() == "needs >= 2 members and 2 non-members, have 1 and 2"
