"""One evaluation of everything: each part is what its own metric says, and is there where the file allows it."""

import json

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.maths.divergence import kl_divergence
from miaudit.metrics.accuracy import confusion
from miaudit.metrics.evaluation import Evaluation, EvaluationOptions, Scored, evaluate
from miaudit.metrics.hardness import difficulty, tpr_by_hardness
from miaudit.metrics.one_run import one_run
from miaudit.metrics.roc import auc
from miaudit.metrics.summary import Summary, summarise

RNG = np.random.default_rng(0)
N = 600
MEMBER = RNG.random(N) < 0.5
SCORES = RNG.normal(1.0 * MEMBER)
LABELS = RNG.integers(3, size=N)
LOSS = -RNG.exponential(2.0 - MEMBER)
REFERENCE_LOSS = -RNG.exponential(8.0, size=N)
TARGET = np.repeat([7, 3, 5], N // 3)
EVERYTHING = Scored(SCORES, MEMBER, LABELS, LOSS, REFERENCE_LOSS, TARGET)


def found(scored: Scored = EVERYTHING, asked: EvaluationOptions | None = None) -> Evaluation:
    return evaluate(scored, asked or EvaluationOptions(cut=0.5, one_run_guesses=101, delta=1e-5))


def test_the_first_parts_are_the_summary() -> None:
    expected = summarise(SCORES, MEMBER)
    assert {name: getattr(found(), name) for name in Summary.model_fields} == dict(expected)
    assert list(Evaluation.model_fields)[: len(Summary.model_fields)] == list(Summary.model_fields)


def test_scores_and_members_alone_give_the_summary_only() -> None:
    plain = found(Scored(SCORES, MEMBER), EvaluationOptions())
    assert list(json.loads(plain.to_json())) == list(Summary.model_fields)
    assert json.loads(plain.to_json()) == summarise(SCORES, MEMBER).model_dump(mode="json")


def test_json_keeps_what_could_not_be_resolved() -> None:
    """A metric without a value is there, with the reason; a part that nobody asked for is not."""
    rate = json.loads(found().to_json())["tpr_at_fpr"]["0.0001"]
    assert rate["value"] is None
    assert "needs >= 10,000 non-members" in rate["note"]


def test_at_a_cut() -> None:
    at = found().at_cut
    assert at is not None
    expected = confusion(SCORES, MEMBER, 0.5)
    assert (at.tp, at.fp, at.tn, at.fn) == expected
    assert at.recall.value == pytest.approx(at.tp / MEMBER.sum())
    assert at.precision is not None
    assert at.precision.value == pytest.approx(at.tp / (at.tp + at.fp))
    nobody = found(asked=EvaluationOptions(cut=1e9)).at_cut
    assert nobody is not None
    assert (nobody.tp, nobody.fp, nobody.precision) == (0, 0, None)


def test_by_class() -> None:
    by_class = found().auc_by_class
    assert by_class is not None
    assert sorted(by_class) == [0, 1, 2]
    for label, quantity in by_class.items():
        assert quantity == auc(SCORES[label == LABELS], MEMBER[label == LABELS])


def test_by_hardness() -> None:
    hardness = found().hardness
    assert hardness is not None
    by = tpr_by_hardness(SCORES, MEMBER, REFERENCE_LOSS, classes=3)
    assert (hardness.tpr_easy, hardness.tpr_hard, hardness.easy_above) == by
    assert hardness.easy_above == -10.0


def test_two_classes_have_their_own_bound_of_easy_records() -> None:
    binary = Scored(SCORES, MEMBER, LABELS % 2, reference_loss=REFERENCE_LOSS)
    for asked, bound in ((EvaluationOptions(), -5.0), (EvaluationOptions(classes=10), -10.0)):
        hardness = found(binary, asked).hardness
        assert hardness is not None
        assert hardness.easy_above == bound


def test_difficulty_of_members_that_were_found() -> None:
    """Difficulty is the cross-entropy, the negative of log p_y."""
    hardness = found().hardness
    assert hardness is not None
    expected = difficulty(MEMBER, SCORES > 0.5, -REFERENCE_LOSS)
    assert hardness.mean_difficulty_exposed == expected.mean_exposed
    assert hardness.mean_difficulty_hidden == expected.mean_hidden
    assert hardness.exposed_harder == expected.harder
    exposed = -REFERENCE_LOSS[MEMBER & (SCORES > 0.5)]
    assert hardness.mean_difficulty_exposed is not None
    assert hardness.mean_difficulty_exposed.value == pytest.approx(exposed.mean())
    without_cut = found(asked=EvaluationOptions()).hardness
    assert without_cut is not None
    assert without_cut.mean_difficulty_exposed is None


def test_divergence_of_members_from_others() -> None:
    assert found().loss_divergence == pytest.approx(kl_divergence(LOSS[MEMBER], LOSS[~MEMBER]))
    assert found().loss_divergence != pytest.approx(kl_divergence(LOSS[~MEMBER], LOSS[MEMBER]))


def test_over_targets() -> None:
    spreads = found().over_targets
    assert spreads is not None
    each = [auc(SCORES[t == TARGET], MEMBER[t == TARGET]).value for t in (3, 5, 7)]
    assert spreads["auc"].values == tuple(each)
    assert spreads["auc"].mean.value == pytest.approx(np.mean(np.array(each, dtype=float)))
    assert spreads["auc"].std == pytest.approx(np.std(np.array(each, dtype=float), ddof=1))
    assert {"epsilon.low", "tpr_at_fpr.0.01", "balanced_accuracy"} <= spreads.keys()


def test_one_target_has_no_spread() -> None:
    assert found(Scored(SCORES, MEMBER, target=np.zeros(N, dtype=np.int64))).over_targets is None


def test_one_run_guesses_half_above_and_half_below() -> None:
    """101 guesses: the 51 highest scores are called members, the 50 lowest are not."""
    scored = Scored(SCORES, MEMBER)
    quantity = found(scored).one_run_epsilon
    assert quantity is not None
    assert quantity.n == 101
    expected = one_run(SCORES, MEMBER, called=51, rejected=50, delta=1e-5)
    assert (quantity.low, quantity.value) == (expected.low, expected.value)
    assert found(scored, EvaluationOptions()).one_run_epsilon is None


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(UserError, match="expected members and non-members"):
        found(Scored(SCORES, np.ones(N, dtype=bool)))
    with pytest.raises(UserError, match="expected finite scores"):
        found(Scored(np.full(N, np.nan), MEMBER))
