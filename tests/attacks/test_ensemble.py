"""The ensemble's features are the other attacks' scores, and its shadows do not tell their members by a count."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.arrays import Bools, Floats
from miaudit.attacks import _ensemble_features, ensemble
from miaudit.attacks._ensemble_features import Sides, balanced_sides, directions, features, sides
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._temperature import tempered
from miaudit.attacks.base import Attack, Folds
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.bavaria import Bavaria
from miaudit.attacks.calibrated import Calibrated
from miaudit.attacks.ensemble import Ensemble, _named
from miaudit.attacks.lira import Lira
from miaudit.attacks.loss import Loss
from miaudit.evidence import Evidence, Panel
from miaudit.maths.odds import Odds
from worlds import auc, gaussian_world, half, panel_of_phi, truth_of, with_students, with_views

RNG = np.random.default_rng(0)
OTHERS: dict[int, Attack] = {
    1: Loss(),
    3: Calibrated(),
    4: Lira(mode="offline", variance="pooled"),
    5: Bavaria(mode="offline"),
    6: BaseRatio(temperature=1),
    7: BaseRatio(temperature=3),
    10: Lira(mode="online", variance="pooled"),
    11: Bavaria(mode="online"),
}


@pytest.mark.parametrize("column", OTHERS)
def test_features_are_the_scores_of_other_attacks(column: int) -> None:
    evidence = gaussian_world(np.random.default_rng(0)).evidence
    found = features(evidence.audit, sides(evidence.audit), online=True, temperature=3.0)
    expected = OTHERS[column].score(evidence, RNG)
    np.testing.assert_allclose(found[:, column], expected, rtol=1e-9, atol=1e-9)


def test_the_other_features_by_loops() -> None:
    audit = gaussian_world(np.random.default_rng(0), n=20).evidence.audit
    found = features(audit, sides(audit), online=True, temperature=3.0)
    phi, values, inside = audit.target("scaled_logit"), audit.references("scaled_logit"), audit.in_reference
    for i in range(20):
        into, out = values[inside[:, i], i].mean(), values[~inside[:, i], i].mean()
        rest = [audit.labels[i], phi[i], phi[i] - out, out, phi[i] - into, into, into - out]
        np.testing.assert_allclose(found[i, [0, 2, 8, 9, 12, 13, 14]], rest, rtol=1e-9)


def test_offline_features_leave_the_in_models_out() -> None:
    audit = gaussian_world(np.random.default_rng(0)).evidence.audit
    found = features(audit, sides(audit), online=False, temperature=3.0)
    np.testing.assert_array_equal(found, features(audit, sides(audit), online=True, temperature=3.0)[:, :10])


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize("views", [False, True])
def test_every_feature_has_a_direction(online: bool, views: bool) -> None:
    world = gaussian_world(np.random.default_rng(0), n=50)
    audit = (with_views(world, RNG) if views else world).evidence.audit
    assert len(directions(audit, online)) == features(audit, sides(audit), online, 2.0).shape[1]


def test_features_with_a_direction_rise_with_the_target() -> None:
    phi, values, inside = RNG.normal(size=50), RNG.normal(size=(4, 50)), np.arange(4)[:, None] < np.full((4, 50), 2)
    low, high = (panel_of_phi(phi + by, values, inside) for by in (0.0, 0.5))
    known = np.flatnonzero(directions(low, online=False))
    rise = [features(panel, sides(panel), online=False, temperature=2.0)[:, known] for panel in (low, high)]
    assert len(known) == 8
    assert (rise[1] > rise[0]).all()


def pool_shadow(seed: int, models: int, n: int = 300) -> Panel:
    world = gaussian_world(np.random.default_rng(seed), n=n, references=models, form="pool")
    return world.evidence.shadows[0]


def counts(chosen: Sides, member: Bools) -> list[set[int]]:
    """How many in- and out-references members have, and non-members."""
    return [set(side[:, of].sum(axis=0).tolist()) for of in (member, ~member) for side in chosen]


@pytest.mark.parametrize("models", [4, 8, 16])
def test_members_of_a_pool_shadow_have_as_many_references_as_others(models: int) -> None:
    shadow = pool_shadow(0, models)
    member = truth_of(shadow)
    rest = models // 2
    assert counts(sides(shadow), member) == [{rest - 1}, {rest}, {rest}, {rest - 1}]
    chosen = balanced_sides(shadow, RNG)
    assert counts(chosen, member) == [{rest - 1}] * 4
    assert not (chosen.inside & ~shadow.in_reference).any()
    assert not (chosen.outside & shadow.in_reference).any()


def shadow_of(inside: Bools, member: Bools) -> Panel:
    return panel_of_phi(np.zeros(len(member)), np.zeros(inside.shape), inside, member)


def test_nothing_is_left_out_where_the_count_tells_nothing() -> None:
    rng = np.random.default_rng(0)
    n, models = 200, 9
    member = half(rng, n)
    drawn = rng.random((models, n)) < 0.5  # each model's records drawn by themselves
    stranger = np.zeros((models, n), dtype=bool)  # trained on other records
    equal = np.stack([half(rng, models - 1) for _ in range(n)], axis=1)  # a pool without the shadow's twin
    for inside in (drawn, stranger, equal):
        shadow = shadow_of(inside, member)
        chosen = balanced_sides(shadow, rng)
        np.testing.assert_array_equal(chosen.inside, shadow.in_reference)
        np.testing.assert_array_equal(chosen.outside, ~shadow.in_reference)


def test_a_record_keeps_its_last_reference() -> None:
    """A pool of two: the other model was trained on what the shadow was not."""
    member = np.array([True, False])
    chosen = balanced_sides(shadow_of(~member[None], member), RNG)
    np.testing.assert_array_equal(chosen.inside, [[False, True]])
    np.testing.assert_array_equal(chosen.outside, [[True, False]])


def learnt(chosen: list[Sides], shadows: tuple[Panel, ...]) -> float:
    """AUC on one shadow of trees that learnt on another."""
    columns = [
        features(shadow, side, online=True, temperature=3.0) for shadow, side in zip(shadows, chosen, strict=True)
    ]
    trees = HistGradientBoostingClassifier(max_iter=50, early_stopping=False, random_state=0)
    trees.fit(columns[0], truth_of(shadows[0]))
    odds: Floats = trees.decision_function(columns[1])
    return auc(odds, truth_of(shadows[1]))


def test_the_count_would_tell_members_where_nothing_leaks() -> None:
    world = gaussian_world(np.random.default_rng(0), n=3000, references=8, shadows=2, leak=0.0, form="pool")
    shadows = world.evidence.shadows
    assert learnt([sides(shadow) for shadow in shadows], shadows) > 0.7
    assert abs(learnt([balanced_sides(shadow, RNG) for shadow in shadows], shadows) - 0.5) < 0.04


def test_it_is_stronger_than_the_loss_and_the_calibrated_loss() -> None:
    world = gaussian_world(np.random.default_rng(0), n=2000, references=8, shadows=4, leak=2.0, form="pool")
    mine = auc(Ensemble().score(world.evidence, RNG), world.member)
    for single in (Loss(), Calibrated()):
        assert mine > auc(single.score(world.evidence, RNG), world.member)


def test_it_learns_on_no_more_records_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def spied(panel: Panel, chosen: Sides, online: bool, temperature: float) -> Floats:
        seen.append(len(panel))
        return _ensemble_features.features(panel, chosen, online, temperature)

    monkeypatch.setattr("miaudit.attacks.ensemble.features", spied)
    evidence = gaussian_world(np.random.default_rng(0), n=300, shadows=3).evidence
    Ensemble(max_records=100, trees=5).score(evidence, RNG)
    assert sum(seen[:-1]) == 100
    assert seen[-1] == 300


@pytest.mark.parametrize("shadows", [1, 3])
def test_the_ratio_counts_the_less_the_more_shadows_there_are(shadows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees that know nothing leave the ratio, in units of its standard deviation on the shadows."""

    class Blind:
        def __init__(self, **options: object) -> None:
            del options

        def fit(self, known: Floats, member: Bools) -> None:
            del known, member

        def decision_function(self, asked: Floats) -> Floats:
            return np.zeros(len(asked))

    monkeypatch.setattr("miaudit.attacks.ensemble.HistGradientBoostingClassifier", Blind)
    evidence = gaussian_world(np.random.default_rng(0), n=300, shadows=shadows).evidence
    base = BaseRatio(temperature=2)
    unit = np.concatenate([base_ratio(tempered(shadow, 2.0)) for shadow in evidence.shadows]).std()
    found = Ensemble(temperature=2).score(evidence, RNG)
    np.testing.assert_allclose(found, base.score(evidence, RNG) / unit / (1 + shadows), rtol=1e-9)


@pytest.mark.parametrize("extreme", [80.0, 745.0])
def test_certain_models_give_finite_scores(extreme: float) -> None:
    rng = np.random.default_rng(0)
    n = 60
    inside = np.stack([half(rng, 6) for _ in range(n)], axis=1)
    member = half(rng, n)
    panels = [
        panel_of_phi(np.where(member, extreme, -extreme), np.where(inside, extreme, -extreme), inside, truth)
        for truth in (None, member)
    ]
    evidence = Evidence(audit=panels[0], shadows=(panels[1],))
    assert np.isfinite(features(evidence.audit, sides(evidence.audit), online=True, temperature=3.0)).all()
    assert np.isfinite(Ensemble(trees=10).score(evidence, rng)).all()


def test_without_a_shadow_that_has_references_and_few_records_it_is_the_ratio() -> None:
    world = gaussian_world(np.random.default_rng(3), n=90, references=2, shadows=1, form="pool")
    ratio = BaseRatio().score(world.evidence, RNG)
    bare = replace(world.evidence.shadows[0], reference_view=None, in_reference=np.zeros((0, 0), dtype=bool))
    for shadows in ((), (bare,)):
        evidence = replace(world.evidence, shadows=shadows, shadow_populations=())
        np.testing.assert_array_equal(Ensemble().score(evidence, RNG), ratio)


def log_loss(log_ratio: Floats, member: Bools) -> float:
    return float(np.logaddexp(0.0, np.where(member, -log_ratio, log_ratio)).mean())


def test_what_a_score_is_worth_holds_on_records_that_the_trees_never_saw() -> None:
    """Trees on few records are too sure: the odds they claim are wrong more often than the odds read off halves."""
    world = gaussian_world(np.random.default_rng(0), n=1000, references=2, shadows=1, leak=1.0)
    scores = Ensemble().score(world.evidence, np.random.default_rng(0))
    found = Ensemble().cross_fitted(world.evidence, 0, Folds(2, 2), np.random.default_rng(0))
    np.testing.assert_array_equal(found.scores, scores)
    log_ratio = Odds(**found.learned["log_ratio"]).log_ratio(scores)
    claimed = expit(log_ratio)
    for part in (log_ratio > 0, log_ratio <= 0):
        error = np.sqrt((claimed[part] * (1 - claimed[part])).sum()) / part.sum()
        assert abs(world.member[part].mean() - claimed[part].mean()) < 4 * error
    assert log_loss(log_ratio, world.member) < log_loss(scores, world.member)


@pytest.mark.parametrize("leak", [0.0, 3.0])
def test_scores_are_worth_nothing_where_nothing_leaks(leak: float) -> None:
    world = gaussian_world(np.random.default_rng(0), n=600, references=8, shadows=2, leak=leak, form="pool")
    found = Ensemble(trees=50).cross_fitted(world.evidence, 0, Folds(2, 2), np.random.default_rng(0))
    log_ratio = Odds(**found.learned["log_ratio"]).log_ratio(found.scores)
    assert (np.abs(log_ratio).mean() < 0.2) == (leak == 0.0)


def test_few_records_tell_nothing_of_the_worth_of_a_score() -> None:
    world = gaussian_world(np.random.default_rng(0), n=60, references=2, shadows=1, leak=1.0)
    found = Ensemble(trees=5).cross_fitted(world.evidence, 0, Folds(2, 2), np.random.default_rng(0))
    assert found.learned["log_ratio"].startswith("not estimated: ")
    assert found.learned["log_ratio"].endswith(", fewer than 50 of a kind")


def test_only_scores_of_trees_on_shadows_are_given_a_worth() -> None:
    world = gaussian_world(np.random.default_rng(3), n=400, references=2, shadows=0, form="pool")
    found = Ensemble().explain(world.evidence, RNG)
    assert found == {"form": "pair", "temperature": 2.0}
    few = replace(world.evidence, audit=world.evidence.audit.select(np.arange(90)))
    assert Ensemble(temperature=1).explain(few, RNG) == {"form": "ratio", "temperature": 1.0}


def held_out(evidence: Evidence) -> Floats:
    """The cross-fitted scores of the first shadow."""
    return Ensemble(temperature=1, trees=5).cross_fitted(evidence, 0, Folds(2, 2), np.random.default_rng(0)).held_out


def flipped(evidence: Evidence, s: int, record: int) -> Evidence:
    """The evidence if shadow s had been trained on the record, where it was not, or the other way round."""
    member = truth_of(evidence.shadows[s]) ^ (np.arange(len(evidence.shadows[s])) == record)
    shadows = list(evidence.shadows)
    shadows[s] = shadows[s].with_members(member)
    return replace(evidence, shadows=tuple(shadows))


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("s", [0, 1])
def test_a_held_out_score_does_not_follow_from_the_records_own_membership(named: bool, s: int) -> None:
    """Nor, where records have names, from its membership in another shadow."""
    evidence = gaussian_world(np.random.default_rng(3), n=300, shadows=2).evidence
    if named:
        evidence = evidence.each(lambda panel: replace(panel, ids=np.arange(len(panel))))
    before = held_out(evidence)
    after = np.stack([held_out(flipped(evidence, s, record)) for record in range(5)])
    assert auc(before, truth_of(evidence.shadows[0])) > 0.7
    assert (after != before).any(axis=1).all()
    if named or s == 0:
        np.testing.assert_array_equal(np.diagonal(after), before[:5])


def test_one_half_alone_may_be_held_out() -> None:
    evidence = gaussian_world(np.random.default_rng(3), n=300, shadows=2, form="pool").evidence
    found = Ensemble(temperature=1, trees=5).cross_fitted(evidence, 0, Folds(2, 1), np.random.default_rng(0))
    assert len(np.unique(found.rows)) == len(found.held_out) == 150
    assert auc(found.held_out, truth_of(evidence.shadows[0])[found.rows]) > 0.7


def test_cross_fitted_scores_come_from_the_features_that_audited_records_have() -> None:
    """The target has no students, or its records were in no reference: then shadows are read without these, too."""
    rng = np.random.default_rng(3)
    world = gaussian_world(rng, n=300, references=4, shadows=2, form="pool")
    taught = replace(world.evidence, shadows=with_students(world, rng).evidence.shadows)
    alone = held_out(world.evidence)
    np.testing.assert_array_equal(held_out(taught), alone)
    audit = world.evidence.audit
    unseen = replace(world.evidence, audit=replace(audit, in_reference=np.zeros_like(audit.in_reference)))
    assert not np.array_equal(held_out(unseen), alone)


def test_records_without_names_are_different_from_all_others() -> None:
    panels = [
        panel_of_phi(np.zeros(3), ids=None if ids is None else np.array(ids)) for ids in ([7, 2, 9], None, [9, 7, 1])
    ]
    first, second, third = (panel.ids for panel in _named(tuple(panels)))
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first[0], first[2]) == (third[1], third[0])
    assert len({*first, *second, *third}) == 7


@pytest.mark.parametrize(("shadows", "iterations"), [(1, 10), (2, 40)])
def test_on_a_single_shadow_a_quarter_of_the_iterations_is_made(
    shadows: int, iterations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def classifier(**options: Any) -> HistGradientBoostingClassifier:
        made.append(options["max_iter"])
        return HistGradientBoostingClassifier(**options)

    monkeypatch.setattr(ensemble, "HistGradientBoostingClassifier", classifier)
    world = gaussian_world(np.random.default_rng(0), n=200, references=4, shadows=shadows)
    Ensemble(trees=40).score(world.evidence, np.random.default_rng(0))
    assert made == [iterations]
