from dataclasses import replace
from functools import cache

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.arrays import Bools
from miaudit.attacks.base import check_needs
from miaudit.auditing.controls import CONTROL_RECORDS, CONTROL_SHADOWS, positive_control
from miaudit.auditing.scoring import score
from miaudit.auditing.sum_up import controls_of
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Outputs, View
from miaudit.metrics.roc import auc
from worlds import Form, World, gaussian_world, truth_of

FORMS: tuple[Form, ...] = ("pool", "half", "out")


@cache
def nothing_leaks(form: Form) -> World:
    return gaussian_world(np.random.default_rng(5), n=400, shadows=2, leak=0.0, form=form)


@cache
def control(form: Form) -> tuple[Evidence, Bools]:
    return positive_control(*nothing_leaks(form), np.random.default_rng(0))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", registry.names("attacks"))
def test_every_attack_finds_the_leak_that_is_built_into_a_world_without_one(name: str, form: Form) -> None:
    attack = registry.build("attacks", name, {})
    evidence, truth = control(form)
    try:
        check_needs(name, attack, evidence)
    except UserError:
        pytest.skip("the attack does not apply to such evidence")
    low = auc(score(name, attack, evidence, seed=0), truth).low
    assert low is not None
    assert low > 0.5


@pytest.mark.parametrize("form", FORMS)
def test_exactly_the_records_that_a_model_was_trained_on_are_raised(form: Form) -> None:
    evidence, member = nothing_leaks(form)
    raised, truth = control(form)
    npt.assert_array_equal(truth, member)
    before, after = [evidence.audit, *evidence.shadows], [raised.audit, *raised.shadows]
    members = [member, *(truth_of(shadow) for shadow in evidence.shadows)]
    difference = after[0].target("scaled_logit") - before[0].target("scaled_logit")
    boost = difference[member].mean()
    assert boost >= 3.0
    for old, new, inside in zip(before, after, members, strict=True):
        npt.assert_allclose(new.target("scaled_logit") - old.target("scaled_logit"), boost * inside, atol=1e-8)
        step = new.references("scaled_logit") - old.references("scaled_logit")
        npt.assert_allclose(step, boost * old.in_reference, atol=1e-8)
        npt.assert_array_equal(new.labels, old.labels)


@pytest.mark.parametrize("form", FORMS)
def test_known_records_are_raised_and_the_population_is_not(form: Form) -> None:
    evidence, raised = nothing_leaks(form).evidence, control(form)[0]
    assert evidence.known is not None
    assert raised.known is not None
    step = raised.known.target("scaled_logit") - evidence.known.target("scaled_logit")
    assert (step[truth_of(evidence.known)] > 2.9).all()
    npt.assert_allclose(step[~truth_of(evidence.known)], 0, atol=1e-8)
    assert evidence.population is not None
    assert raised.population is not None
    npt.assert_array_equal(raised.population.target("loss"), evidence.population.target("loss"))


def test_the_evidence_itself_is_left_alone_and_the_truth_is_not_in_the_control() -> None:
    evidence, member = nothing_leaks("pool")
    before = evidence.audit.target("logits").copy()
    raised, _ = positive_control(evidence, member, np.random.default_rng(0))
    npt.assert_array_equal(evidence.audit.target("logits"), before)
    assert raised.audit.member is None


def test_panels_of_one_pool_stay_views_of_one_table() -> None:
    raised = control("pool")[0]
    tables = {id(view.outputs) for panel in (raised.audit, *raised.shadows) for view in _views(panel)}
    assert len(tables) == 1


def _views(panel: object) -> list[View]:
    views = [getattr(panel, "target_view", None), getattr(panel, "reference_view", None)]
    return [view for view in views if view is not None]


def test_the_control_of_a_large_audit_is_a_sample() -> None:
    world = gaussian_world(np.random.default_rng(0), n=CONTROL_RECORDS + 500, references=12, shadows=6, form="pool")
    evidence, truth = positive_control(*world, np.random.default_rng(0))
    assert len(evidence.audit) == len(truth) == CONTROL_RECORDS
    assert len(evidence.shadows) == len(evidence.shadow_populations) == CONTROL_SHADOWS
    ids = evidence.audit.ids
    assert ids is not None
    npt.assert_array_equal(truth, world.member[ids])


def test_models_that_are_surer_are_raised_more() -> None:
    """The boost follows the spread of the log odds, so that it is found in any model."""
    evidence, member = nothing_leaks("out")
    sharp = Outputs(evidence.audit.labels, [evidence.audit.target("logits") * 10])
    sharper = replace(evidence, audit=replace(evidence.audit, target_view=View.whole(sharp)))
    raised, _ = positive_control(sharper, member, np.random.default_rng(0))
    step = raised.audit.target("scaled_logit") - sharper.audit.target("scaled_logit")
    assert step[member].min() > 10


def test_the_null_control_passes_on_scores_of_any_shape() -> None:
    rng = np.random.default_rng(0)
    truth = rng.permutation(400) < 200
    scores = {"leaks": rng.normal(size=400) + 3 * truth, "ties": np.zeros(400)}
    controls = controls_of(scores, truth, {}, rng)
    assert controls.null_passed
    for name in scores:
        quantity = controls.null[name]["auc"]
        assert quantity.low is not None
        assert quantity.high is not None
        assert quantity.low <= 0.5 <= quantity.high


def test_the_null_control_fails_if_an_attack_wins_it() -> None:
    """Scores that know the very halves that the control draws."""
    truth = np.arange(200) >= 100
    seed = int(np.random.default_rng(3).integers(2**63))
    called = np.zeros(100, dtype=bool)
    called[np.random.default_rng(seed).permutation(100)[:50]] = True
    scores = np.concatenate([called.astype(float), np.zeros(100)])
    controls = controls_of({"psychic": scores}, truth, {}, np.random.default_rng(3))
    assert not controls.null_passed
    assert controls.positive_passed


def test_the_positive_control_fails_if_one_attack_misses_it() -> None:
    rng = np.random.default_rng(0)
    truth = rng.permutation(400) < 200
    good, bad = rng.normal(size=400) + 2 * truth, rng.normal(size=400)
    scores = {"good": good, "bad": bad}
    assert controls_of(scores, truth, {"good": (good, truth)}, rng).positive_passed
    failed = controls_of(scores, truth, {"good": (good, truth), "bad": (bad, truth)}, rng)
    assert not failed.positive_passed
    assert failed.positive["good"]["auc"].value == pytest.approx(auc(good, truth).value)
