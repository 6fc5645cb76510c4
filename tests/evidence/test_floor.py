"""The floor of probabilities, by hand; what it does to attacks on a forest's outputs; what it leaves alone."""

from dataclasses import replace

import numpy as np
import pytest

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.floor import saturated
from worlds import World, auc, gaussian_world

LABELS = np.array([0, 1, 0])
TARGET = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
REFERENCE = np.array([[0.9, 0.1], [0.3, 0.7], [0.96, 0.04]])


def panel(target: Floats, *references: Floats, kind: str = "probs") -> Panel:
    own = Panel.of(target, LABELS, kind="probs")
    if not references:
        return own
    others = View.whole(Outputs(LABELS, list(references), "probs" if kind == "probs" else "logits"))
    return replace(own, reference_view=others, in_reference=np.zeros((len(references), 3), dtype=bool))


def test_it_is_half_of_the_smallest_positive_probability_of_any_model() -> None:
    evidence = Evidence(panel(TARGET, REFERENCE)).with_floor()
    assert evidence.floor == 0.02
    np.testing.assert_allclose(evidence.audit.target("loss"), np.log([0.98, 0.5, 0.02]))
    np.testing.assert_allclose(evidence.audit.target("scaled_logit"), [np.log(49), 0, -np.log(49)])
    np.testing.assert_allclose(evidence.audit.references("loss")[0], np.log([0.9, 0.7, 0.96]))


def test_probabilities_of_other_panels_count() -> None:
    finest = panel(np.array([[0.5, 0.5], [0.998, 0.002], [0.5, 0.5]]))
    shadow = replace(panel(TARGET, REFERENCE), member=np.array([True, False, True]))
    evidence = Evidence(panel(TARGET, REFERENCE), shadows=(shadow,), population=finest).with_floor()
    assert evidence.floor == 0.001
    assert {part.target_view.outputs.floor for part in (evidence.audit, finest, *evidence.shadows)} >= {0.001}


def test_logits_need_none() -> None:
    evidence = gaussian_world(np.random.default_rng(0), n=20, population=0, known=0).evidence
    assert evidence.with_floor() is evidence
    assert evidence.floor is None
    assert saturated(evidence.audit) == 0


def test_beside_logits_it_is_that_of_the_probabilities() -> None:
    evidence = Evidence(panel(TARGET, np.log(REFERENCE), kind="logits")).with_floor()
    assert evidence.floor == 0.25  # of 0.5
    np.testing.assert_allclose(evidence.audit.references("loss")[0], np.log([0.9, 0.7, 0.96]))


def test_labels_alone_stay_apart() -> None:
    certain = Evidence(panel(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))).with_floor().audit
    np.testing.assert_allclose(certain.target("loss"), np.log([0.75, 0.25, 0.25]))


def test_the_share_of_saturated_records() -> None:
    assert saturated(panel(TARGET)) == pytest.approx(2 / 3)
    assert saturated(panel(REFERENCE)) == 0


@pytest.mark.parametrize(("dtype", "error"), [(np.float32, 1e-5), (np.float64, 1e-9)])
def test_continuous_probabilities_lose_nothing(dtype: type, error: float) -> None:
    """Signals of a softmax are those of its logits, as far as probabilities of that type can tell them."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 8, size=(300, 4))
    labels = logits.argmax(axis=1)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = (p / p.sum(axis=1, keepdims=True)).astype(dtype)
    evidence = Evidence.of(Panel.of(p, labels, kind="probs"))
    expected = Panel.of(logits, labels)
    np.testing.assert_allclose(evidence.audit.target("scaled_logit"), expected.target("scaled_logit"), rtol=error)
    np.testing.assert_allclose(evidence.audit.target("entropy"), expected.target("entropy"), rtol=error, atol=error)
    assert len(np.unique(evidence.audit.target("scaled_logit"))) == 300


def trees(world: World, count: int) -> World:
    """The world as forests of so many trees would show it: multiples of 1/count."""
    tables: dict[int, Outputs] = {}

    def change(view: View) -> View:
        old = view.outputs
        if id(old) not in tables:
            softmax = [np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) for z in old.values]
            tables[id(old)] = Outputs(old.labels, [(count * p).round() / count for p in softmax], "probs")
        return replace(view, outputs=tables[id(old)])

    return World(world.evidence.changed(change), world.member)


def test_attacks_on_steps_are_as_strong_as_on_what_lies_behind_them() -> None:
    """LiRA and BaVarIA fit Gaussians to log odds: a few that stand for 0 must not rule their widths."""
    smooth = gaussian_world(np.random.default_rng(5), n=1500, references=16, classes=2, leak=2.0, known=0, population=0)
    stepped = trees(smooth, 50)
    rng = np.random.default_rng(0)
    for name in ("lira", "bavaria", "base_ratio"):
        attack = registry.build("attacks", name, {})
        raw, floored, behind = (
            auc(attack.score(evidence, rng), smooth.member)
            for evidence in (stepped.evidence, stepped.evidence.with_floor(), smooth.evidence)
        )
        assert floored > behind - 0.03
        assert name == "base_ratio" or floored > raw + 0.03


def test_the_order_of_records_and_the_truth_change_nothing() -> None:
    world = trees(gaussian_world(np.random.default_rng(6), n=200, known=50), 20)
    order = np.random.default_rng(0).permutation(200)
    moved = replace(world.evidence, audit=world.evidence.audit.select(order))
    assert moved.with_floor().floor == world.evidence.with_floor().floor == 0.025
