"""Models of which one number per record is known, a loss or a score: every attack runs or says what it lacks."""

import numpy as np
import pytest
from scipy import stats

from miaudit import registry
from miaudit.arrays import Bools
from miaudit.attacks.base import Attack, check_needs
from miaudit.auditing.controls import positive_control
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.metrics.roc import auc as area_with_interval
from miaudit.model_outputs import OutputKind
from worlds import as_numbers, auc, gaussian_world, number_pool

ATTACKS = registry.names("attacks")
NEED_CLASSES = {"confidence", "entropy", "gap", "label_only", "ldc", "modified_entropy", "shadow", "top_k"}
NEED_LIKELIHOODS = {"base_ratio", "ensemble", "rmia"}
SAME: dict[str, dict[str, object]] = {  # attacks that read the loss or the scaled logit alone, at temperature 1
    "attack_p": {},
    "attack_r": {},
    "base_ratio": {"temperature": 1.0},
    "bavaria": {},
    "calibrated": {},
    "kde": {},
    "lira": {},
    "loss": {},
    "rmia": {"temperature": 1.0},
    "two_stage": {},
}
WORLD = gaussian_world(np.random.default_rng(0), n=400, form="half", known=200, population=200)


def attack(name: str, options: dict[str, object] | None = None) -> Attack:
    built: Attack = registry.build("attacks", name, options or {})
    return built


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("kind", ["loss", "score"])
@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_runs_or_says_what_it_lacks(name: str, kind: OutputKind) -> None:
    evidence = as_numbers(WORLD.evidence, kind)
    lacks = name in NEED_CLASSES or (kind == "score" and name in NEED_LIKELIHOODS)
    if lacks:
        why = "an output for every class" if name in NEED_CLASSES else "likelihoods"
        with pytest.raises(UserError, match=f"attack {name} needs {why}"):
            check_needs(name, attack(name), evidence)
        return
    check_needs(name, attack(name), evidence)
    scores = attack(name).score(evidence, rng())
    assert np.isfinite(scores).all()
    assert auc(scores, WORLD.member) > 0.6


@pytest.mark.parametrize("name", SAME)
def test_a_classifier_known_by_its_cross_entropy_gets_the_same_scores(name: str) -> None:
    plugin = attack(name, SAME[name])
    expected = plugin.score(WORLD.evidence, rng())
    np.testing.assert_allclose(plugin.score(as_numbers(WORLD.evidence, "loss"), rng()), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["attack_r", "bavaria", "calibrated", "kde", "lira", "loss", "quantile", "two_stage"])
def test_the_unit_of_a_score_does_not_matter(name: str) -> None:
    one, other = (as_numbers(WORLD.evidence, "score", unit=unit) for unit in (1.0, 1e9))
    expected = attack(name).score(one, rng())
    np.testing.assert_allclose(attack(name).score(other, rng()), expected, rtol=1e-6, atol=1e-6)


def test_lira_on_scores_in_the_unit_of_scaled_logits_is_lira_on_the_classifier() -> None:
    """Up to the floor of widths, which this world does not reach."""
    expected = attack("lira").score(WORLD.evidence, rng())
    np.testing.assert_allclose(attack("lira").score(as_numbers(WORLD.evidence, "score"), rng()), expected, rtol=1e-6)


def world_of_scores(seed: int, n: int, models: int, leak: float) -> tuple[Evidence, Bools]:
    pool, truth = number_pool(np.random.default_rng(seed), n, models, leak)
    return Evidence.of(pool.stand_in(0)), truth


def test_the_auc_is_the_one_that_follows_from_the_shift() -> None:
    """Members' scores are N(mu + 1, 1), others' N(mu, 1): with mu known, AUC = Phi(1 / sqrt 2)."""
    evidence, truth = world_of_scores(0, n=6000, models=128, leak=1.0)
    found = auc(attack("lira", {"variance": "pooled"}).score(evidence, rng()), truth)
    assert found == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.02)
    assert auc(attack("loss").score(evidence, rng()), truth) == pytest.approx(
        stats.norm.cdf(1 / np.sqrt(2 * (1 + 9))), abs=0.02
    )


def test_where_nothing_leaks_no_interval_leaves_one_half_too_often() -> None:
    names = ("attack_r", "bavaria", "calibrated", "lira", "loss")
    wrong = dict.fromkeys(names, 0)
    for seed in range(200):
        evidence, truth = world_of_scores(seed, n=80, models=8, leak=0.0)
        for name in names:
            found = area_with_interval(attack(name).score(evidence, rng()), truth)
            assert found.low is not None
            assert found.high is not None
            wrong[name] += not found.low <= 0.5 <= found.high
    assert max(wrong.values()) <= stats.binom.ppf(0.999, 200, 0.05)


@pytest.mark.parametrize("kind", ["loss", "score"])
def test_the_positive_control_leaks(kind: OutputKind) -> None:
    world = gaussian_world(np.random.default_rng(1), n=400, form="half", leak=0.0)
    control, truth = positive_control(as_numbers(world.evidence, kind), world.member, rng())
    assert control.audit.kind == kind
    assert auc(attack("lira").score(control, rng()), truth) > 0.95


def test_a_loss_beyond_all_probabilities_is_ranked() -> None:
    """The loss of a long text is larger than 745, the largest of a classifier."""
    panel = Panel.of(
        [2000.0, 1000.0, 3000.0], references=[[2500.0, 1010.0, 3000.0], [2600.0, 990.0, 3100.0]], kind="loss"
    )
    evidence = Evidence.of(panel)
    assert attack("loss").score(evidence, rng()).tolist() == [-2000, -1000, -3000]
    assert attack("lira").score(evidence, rng()).argsort().tolist() == [1, 2, 0]
    assert attack("base_ratio", {"temperature": 1.0}).score(evidence, rng()) == pytest.approx(
        [500 + np.log(2), -10 + np.log(2), np.log(2)], abs=1e-4
    )
