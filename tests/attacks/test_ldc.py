"""LDC-MIA: its features by hand; the classifier learns what they tell."""

from typing import Any

import numpy as np
import pytest

from miaudit.arrays import Bools, Floats
from miaudit.attacks import ldc
from miaudit.attacks._neighbourhoods import neighbour_share
from miaudit.attacks.calibrated import Calibrated
from miaudit.attacks.ldc import Ldc
from miaudit.attacks.loss import Loss
from miaudit.evidence import Evidence, Panel
from miaudit.maths.scaling import Scaling
from worlds import auc, gaussian_world


class Recorder:
    """Stands in for the classifier and keeps what it is given."""

    def __init__(self) -> None:
        self.learnt: list[tuple[Floats, Bools]] = []
        self.asked: list[Floats] = []
        self.scalings: list[Scaling | None] = []

    def train(
        self,
        features: Floats,
        member: Bools,
        hidden: tuple[int, ...],
        rng: np.random.Generator,
        scaling: Scaling | None = None,
    ) -> "Recorder":
        del rng
        self.scalings.append(scaling)
        assert hidden == (128, 64)
        self.learnt.append((features, member))
        return self

    def log_odds(self, features: Floats) -> Floats:
        self.asked.append(features)
        return features[:, 0]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    stand_in = Recorder()
    monkeypatch.setattr(ldc, "train", stand_in.train)
    monkeypatch.setattr(ldc, "train_as_released", stand_in.train)
    return stand_in


def evidence() -> Evidence:
    rng = np.random.default_rng(0)
    panels = []
    for member in (np.array([True, False, True, False]), np.array([False, True, False])):
        n = len(member)
        inside = np.zeros((2, n), dtype=bool)
        inside[0, 0] = True
        logits = rng.normal(size=(3, n, 3))
        panels.append(Panel.of(logits[0], np.arange(n) % 3, logits[1:], inside, member))
    return Evidence.of(panels[1], shadows=(panels[0],))


def slow_features(world: Evidence, on_shadow: bool) -> Floats:
    """Equations 4, 7, 8, one record at a time."""
    panel, aux = (world.shadows[0] if on_shadow else world.audit), world.shadows[0]
    rows = []
    for i, y in enumerate(panel.labels):
        log_p = panel.target("loss")[i]
        out = [panel.references("loss")[r][i] for r in range(2) if not panel.in_reference[r, i]]
        own = np.array([i if on_shadow else -1])
        shares = [
            neighbour_share(panel.references("logits")[r][[i]], aux.references("logits")[r], 0.0, own)[0]
            for r in range(2)
        ]
        information = np.mean([1 / share for share in shares])
        rows.append([float(y == 0), float(y == 1), float(y == 2), log_p, (log_p - np.mean(out)) * information])
    return np.array(rows)


def test_features_are_those_of_the_paper(recorder: Recorder) -> None:
    world = evidence()
    Ldc(classifier="authors").score(world, np.random.default_rng(0))
    (learnt, member), asked = recorder.learnt[0], recorder.asked[0]
    np.testing.assert_allclose(learnt, slow_features(world, on_shadow=True))
    np.testing.assert_allclose(asked, slow_features(world, on_shadow=False))
    np.testing.assert_array_equal(member, [True, False, True, False])


@pytest.mark.parametrize(
    ("features", "columns"),
    [(["label"], [0, 1, 2]), (["score"], [3]), (["calibrated"], [4]), (["label", "calibrated"], [0, 1, 2, 4])],
)
def test_features_can_be_left_out(recorder: Recorder, features: Any, columns: list[int]) -> None:
    world = evidence()
    Ldc(features=features, classifier="authors").score(world, np.random.default_rng(0))
    np.testing.assert_allclose(recorder.asked[0], slow_features(world, on_shadow=False)[:, columns])


def test_a_label_is_what_scores_are_usual_for_its_class(recorder: Recorder) -> None:
    """The shadow's records have classes 0, 1, 2, 0; the audited ones 0, 1, 2. The units are those of the scores."""
    world = evidence()
    Ldc().score(world, np.random.default_rng(0))
    scores = slow_features(world, on_shadow=True)[:, 3:]
    usual = np.stack([(scores[0] + scores[3]) / 2, scores[1], scores[2]])
    np.testing.assert_allclose(recorder.learnt[0][0], np.concatenate([usual[[0, 1, 2, 0]], scores], axis=1))
    audited = slow_features(world, on_shadow=False)[:, 3:]
    np.testing.assert_allclose(recorder.asked[0], np.concatenate([usual, audited], axis=1))
    scaling = recorder.scalings[0]
    assert scaling is not None
    np.testing.assert_allclose(scaling.centre, np.tile(scores.mean(axis=0), 2))
    np.testing.assert_allclose(scaling.scale, np.tile(scores.std(axis=0), 2))


def test_a_class_without_shadow_records_is_the_average_one(recorder: Recorder) -> None:
    world = evidence()
    lean = Evidence(audit=world.audit, shadows=(world.shadows[0].select(np.array([0, 1, 3])),))
    Ldc(neighbourhood=False).score(lean, np.random.default_rng(0))
    np.testing.assert_allclose(recorder.asked[0][2, :2], recorder.learnt[0][0][:, 2:].mean(axis=0))


def test_a_label_alone_is_one_hot(recorder: Recorder) -> None:
    Ldc(features=("label",)).score(evidence(), np.random.default_rng(0))
    np.testing.assert_array_equal(recorder.asked[0], np.eye(3))


def test_the_neighbourhood_can_be_left_out(recorder: Recorder) -> None:
    world = evidence()
    Ldc(neighbourhood=False, features=("calibrated",)).score(world, np.random.default_rng(0))
    expected = Calibrated().score(world, np.random.default_rng(0))
    np.testing.assert_allclose(recorder.asked[0][:, 0], expected)


def test_without_the_calibrated_score_no_references_are_needed() -> None:
    assert Ldc(features=("label", "score")).needs.out_references == 0
    assert Ldc().needs.out_references == 1


def test_several_shadows_teach_one_classifier(recorder: Recorder) -> None:
    world = gaussian_world(np.random.default_rng(0), n=50, shadows=3)
    Ldc().score(world.evidence, np.random.default_rng(0))
    assert recorder.learnt[0][0].shape == (150, 2 + 2)
    assert len(recorder.learnt) == 1


def test_a_part_of_many_records_is_learnt(recorder: Recorder) -> None:
    world = gaussian_world(np.random.default_rng(0), n=50, shadows=3)
    Ldc(max_records=70).score(world.evidence, np.random.default_rng(0))
    assert recorder.learnt[0][0].shape == (70, 2 + 2)


def test_it_beats_what_it_is_made_of() -> None:
    """In this world both the loss and its calibration tell something that the other does not."""
    world = gaussian_world(np.random.default_rng(0), n=2000, leak=2.0)
    rng = np.random.default_rng(0)
    scores = [auc(attack.score(world.evidence, rng), world.member) for attack in (Ldc(), Loss(), Calibrated())]
    assert scores[0] > max(scores[1:]) + 0.02


@pytest.mark.parametrize(
    "wrong", [{"features": ()}, {"features": ("size",)}, {"theta": 1.0}, {"max_aux": 0}, {"classifier": "x"}]
)
def test_parameters_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Ldc(**wrong)
