"""Two-stage HP-MIA on hand-made shadows; the searches themselves are tested in test_two_thresholds."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from miaudit.arrays import Bools, Floats
from miaudit.attacks._two_thresholds import most_accurate_beyond, search_beta, search_exact
from miaudit.attacks.calibrated import Calibrated
from miaudit.attacks.lira import Lira
from miaudit.attacks.loss import Loss
from miaudit.attacks.two_stage import TwoStage
from miaudit.evidence import Evidence, Panel
from worlds import auc, gaussian_world, panel_of_phi, truth_of

RNG = np.random.default_rng(0)
WORLD = gaussian_world(np.random.default_rng(3), n=800, shadows=2)
SEARCHES = {"beta": search_beta, "exact": search_exact}


def scores_of(attack: Any, panel: Panel) -> Floats:
    scores: Floats = attack.score(Evidence(audit=panel.hidden()), RNG)
    return scores


def shadow_arrays(second: Any) -> tuple[Floats, Floats, Bools]:
    """(s0, s1, member) of all shadows, by the attacks that they are made of."""
    shadows = WORLD.evidence.shadows
    columns = [(scores_of(Loss(), s), scores_of(second, s), truth_of(s)) for s in shadows]
    s0, s1, member = (np.concatenate(part) for part in zip(*columns, strict=True))
    return s0, s1, member


@pytest.mark.parametrize(("second", "attack"), [("calibrated", Calibrated()), ("lira", Lira(mode="offline"))])
@pytest.mark.parametrize("search", ["beta", "exact"])
def test_the_cuts_are_searched_on_all_shadows(second: Any, attack: Any, search: Any) -> None:
    s0, s1, member = shadow_arrays(attack)
    expected = SEARCHES[search](s0, s1, member, 0.9)
    assert expected is not None
    two_stage = TwoStage(alpha=0.9, search=search, second=second)
    told = two_stage.explain(WORLD.evidence, RNG)
    assert told == {**expected._asdict(), "alpha": 0.9, "constraint_met": True}
    called = (s0 >= told["t0"]) & (s1 > told["t1"])
    assert (told["true_positives"], told["false_positives"]) == (np.sum(called & member), np.sum(called & ~member))
    assert told["true_positives"] >= 0.9 * called.sum() > 0


def test_a_given_beta_is_the_only_one_that_is_tried() -> None:
    s0, _, member = shadow_arrays(Calibrated())
    told = TwoStage(alpha=0.9, beta=0.7).explain(WORLD.evidence, RNG)
    cuts = np.unique(s0)
    middles = (cuts[1:] + cuts[:-1]) / 2
    excluded = [((s0 < t) & ~member).sum() if (~member[s0 < t]).mean() >= 0.7 else -1 for t in middles]
    assert told["t0"] == pytest.approx(middles[int(np.argmax(excluded))])
    best = TwoStage(alpha=0.9).explain(WORLD.evidence, RNG)
    assert told["true_positives"] <= best["true_positives"]


def test_beta_belongs_to_the_search_over_betas() -> None:
    with pytest.raises(ValidationError, match="beta belongs to search=beta"):
        TwoStage(beta=0.5, search="exact")


@pytest.mark.parametrize("alpha", [0.6, 0.9, 0.98])
@pytest.mark.parametrize("second", ["calibrated", "lira"])
def test_above_the_cut_are_exactly_those_that_pass_both_stages(alpha: float, second: Any) -> None:
    attack = TwoStage(alpha=alpha, second=second)
    told, cut = attack.explain(WORLD.evidence, RNG), attack.cut(WORLD.evidence, RNG)
    audit = WORLD.evidence.audit
    s0 = scores_of(Loss(), audit)
    s1 = scores_of(Calibrated() if second == "calibrated" else Lira(mode="offline"), audit)
    passed = (s0 >= told["t0"]) & (s1 > told["t1"])
    assert cut.value == told["t1"]
    np.testing.assert_array_equal(attack.score(WORLD.evidence, RNG) > cut.value, passed)


def test_excluded_records_rank_below_all_others_by_their_loss() -> None:
    attack = TwoStage(alpha=0.9)
    scores, s0 = attack.score(WORLD.evidence, RNG), scores_of(Loss(), WORLD.evidence.audit)
    excluded = s0 < attack.explain(WORLD.evidence, RNG)["t0"]
    assert 0 < excluded.sum() < len(scores)
    assert scores[excluded].max() < scores[~excluded].min()
    np.testing.assert_array_equal(np.argsort(scores[excluded]), np.argsort(s0[excluded]))


def test_excluded_confident_records_do_not_tie() -> None:
    """All fit better than 1e-20; the shadow's members fit better still, and the cut must tell them apart."""
    member = np.array([True, True, False, False])
    shadow = panel_of_phi(np.array([60.0, 61.0, 50.0, 51.0]), np.array([[60.0, 60.0, 50.0, 50.0]]), member=member)
    audit = panel_of_phi(np.array([48.0, 49.0]), np.array([[48.0, 48.0]]))
    scores = TwoStage(search="exact").score(Evidence(audit=audit, shadows=(shadow,)), RNG)
    assert scores[0] < scores[1] < -1e6


def test_where_no_pair_meets_alpha_the_cut_is_the_most_accurate_and_says_so() -> None:
    """The best fit by both scores is a non-member, so that precision 1 is out of reach; two of three is the best."""
    phi = np.array([3.0, 2.0, 1.0, -1.0])
    shadow = panel_of_phi(phi, np.zeros((1, 4)), member=np.array([False, True, True, False]))
    evidence = Evidence.of(shadow, shadows=(shadow,))
    for search in ("beta", "exact"):
        attack = TwoStage(alpha=1.0, search=search)
        told = attack.explain(evidence, RNG)
        assert (told["true_positives"], told["false_positives"], told["constraint_met"]) == (2, 1, False)
        cut = attack.cut(evidence, RNG)
        assert not cut.constraint_met
        assert "not reached" in cut.rule
        np.testing.assert_array_equal(attack.score(evidence, RNG) > cut.value, [True, True, True, False])


def test_a_given_beta_keeps_its_exclusion_where_no_pair_meets_alpha() -> None:
    """The two best fits and highest gains are of non-members; the exclusion at precision 0.6 costs a member."""
    s0 = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    member = np.array([False, True, False, True, True, False, False])
    shadow = panel_of_phi(s0, -(np.arange(7.0)[None] ** 2), member=member)
    evidence = Evidence.of(shadow, shadows=(shadow,))
    told = TwoStage(alpha=1.0, beta=0.6).explain(evidence, RNG)
    loss, gain = scores_of(Loss(), shadow), scores_of(Calibrated(), shadow)
    pair = most_accurate_beyond(loss, gain, member, 0.6)
    assert pair is not None
    assert told == {**pair._asdict(), "alpha": 1.0, "constraint_met": False}
    assert told["t0"] > loss[2]


def test_exclusion_makes_precision_possible() -> None:
    """What HP-MIA is about: hard non-members gain as much as members; only their bad fit tells them."""
    member = np.arange(40) < 20
    references = np.where(member, 0.0, -8.0) + np.linspace(0.0, 1.0, 40)
    shadow = panel_of_phi(references + 4.0, references[None], member=member)
    evidence = Evidence.of(shadow, shadows=(shadow,))
    alone = Calibrated().score(evidence, RNG)
    assert auc(alone, member) < 0.5
    assert TwoStage(search="exact").explain(evidence, RNG)["true_positives"] == 20
    assert auc(TwoStage(search="exact").score(evidence, RNG), member) == 1.0


def test_a_guarantee_is_stricter() -> None:
    world = gaussian_world(np.random.default_rng(0), n=2000)
    loose = TwoStage(alpha=0.8).explain(world.evidence, RNG)
    strict = TwoStage(alpha=0.8, guarantee=0.95).explain(world.evidence, RNG)
    assert strict["constraint_met"]
    assert strict["t1"] > loose["t1"]
    assert strict["true_positives"] < loose["true_positives"]
    bound = strict["true_positives"] / (strict["true_positives"] + strict["false_positives"])
    assert bound > 0.8


def test_a_guarantee_that_few_records_cannot_give_is_not_claimed() -> None:
    """149 right calls of 149 are the fewest that show precision 0.98 at 95 %."""
    world = gaussian_world(np.random.default_rng(0), n=200)
    assert not TwoStage(alpha=0.98, guarantee=0.95).explain(world.evidence, RNG)["constraint_met"]


@pytest.mark.parametrize("wrong", [{"alpha": 1.01}, {"alpha": -0.1}, {"guarantee": 1.0}, {"guarantee": 0.0}])
def test_parameters_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TwoStage(**wrong)  # type: ignore[arg-type]
