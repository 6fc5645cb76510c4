"""The guarantee holds: under noise and under a real effect it is broken no more often than stated."""

import numpy as np
from scipy.stats import binom

from miaudit.arrays import Bools, Floats
from miaudit.attacks._precision_guarantee import search_guaranteed
from miaudit.attacks._two_thresholds import Pair, search_exact


def everybody(s0: Floats, s1: Floats, member: Bools, alpha: float) -> Pair:
    """A first stage that excludes nobody."""
    return Pair(float(s0.min()), float(s1.min()), int(member.sum()), int((~member).sum()))


def test_under_noise_a_precision_above_one_half_is_claimed_in_at_most_one_of_twenty_worlds() -> None:
    """The bound after a search over all cuts met alpha = 0.55 on noise in half of the trials. 5 % of 200 are 10."""
    claims = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        member = rng.random(1000) < 0.5
        s0, s1 = rng.normal(size=(2, 1000))
        claims += search_guaranteed(search_exact, s0, s1, member, 0.55, 0.95) is not None
    assert claims <= binom.ppf(0.999, 200, 0.05)


def test_the_claimed_precision_holds_on_fresh_records() -> None:
    """Members are shifted by 1.5; the true precision above each claimed cut is known."""
    broken = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        member = rng.random(2000) < 0.5
        s1 = rng.normal(1.5 * member)
        pair = search_guaranteed(everybody, np.zeros(2000), s1, member, 0.9, 0.95)
        if pair is not None:
            fresh_member, fresh = np.repeat([True, False], 200_000), rng.normal(np.repeat([1.5, 0.0], 200_000))
            broken += fresh_member[fresh > pair.t1].mean() < 0.9
    assert broken <= binom.ppf(0.999, 100, 0.05)


def test_the_halves_do_not_depend_on_membership() -> None:
    """At alpha 0 every cut passes, so that the pair counts the whole second half but its lowest score."""
    rng = np.random.default_rng(0)
    member, s0, s1 = rng.random(400) < 0.7, rng.normal(size=400), rng.normal(size=400)
    before = search_guaranteed(everybody, s0, s1, member, 0.0, 0.95)
    after = search_guaranteed(everybody, s0, s1, ~member, 0.0, 0.95)
    assert before is not None
    assert after is not None
    assert before.true_positives + before.false_positives == 199
    assert (after.true_positives, after.false_positives) == (before.false_positives, before.true_positives)
