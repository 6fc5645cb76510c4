"""Attacks that are one signal, or one signal calibrated: hand numbers."""

import math

import numpy as np
import pytest

from miaudit.attacks.calibrated import Calibrated
from miaudit.attacks.confidence import Confidence
from miaudit.attacks.entropy import Entropy
from miaudit.attacks.gap import Gap
from miaudit.attacks.loss import Loss
from miaudit.attacks.modified_entropy import ModifiedEntropy
from miaudit.evidence import Evidence, Panel
from worlds import gaussian_world

RNG = np.random.default_rng(0)
HALF, QUARTER = math.log(0.5), math.log(0.25)
TARGET = np.log([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]])  # labels 0 and 0: right, wrong
EVIDENCE = Evidence(audit=Panel.of(TARGET, np.array([0, 0])))


def test_gap_is_whether_the_prediction_is_right() -> None:
    np.testing.assert_array_equal(Gap().score(EVIDENCE, RNG), [1, 0])


def test_loss_is_the_log_probability_of_the_label() -> None:
    np.testing.assert_allclose(Loss().score(EVIDENCE, RNG), [HALF, QUARTER])


def test_in_single_precision_certain_records_tie() -> None:
    """log p in float32 as a loss function of training code computes it, from the largest logit down."""
    odds = np.array([-400.0, -2.0, 0.0, 3.0, 16.0, 18.0, 40.0])
    panel = Panel.of(np.stack([odds, np.zeros(7)], axis=1), np.zeros(7, dtype=int))
    below = np.minimum(odds, 0).astype(np.float32)
    sums = (np.exp(np.maximum(odds, 0) * -1.0) + np.exp(below)).astype(np.float32)  # of exp(z - the largest)
    scores = Loss(single=True).score(Evidence(audit=panel), RNG)
    np.testing.assert_allclose(scores, below - np.log(sums), rtol=1e-6)
    np.testing.assert_array_equal(scores[-2:], 0)
    assert scores[-3] < 0
    assert (np.diff(Loss().score(Evidence(audit=panel), RNG)) > 0).all()  # in double precision none tie


def test_confidence_reads_no_label() -> None:
    np.testing.assert_allclose(Confidence().score(EVIDENCE, RNG), [HALF, HALF])


def test_entropy_reads_no_label() -> None:
    np.testing.assert_allclose(Entropy().score(EVIDENCE, RNG), [0.5 * HALF + 0.5 * QUARTER] * 2)


def test_modified_entropy_by_hand() -> None:
    """(1 - p_y) log p_y + sum over the others of p log(1 - p)."""
    other = math.log(0.75)
    right = 0.5 * HALF + 2 * 0.25 * other
    wrong = 0.75 * QUARTER + 0.5 * HALF + 0.25 * other
    np.testing.assert_allclose(ModifiedEntropy().score(EVIDENCE, RNG), [right, wrong])


@pytest.mark.parametrize(
    ("signal", "scores"),
    [
        ("loss", [HALF - (QUARTER + QUARTER) / 2, QUARTER - HALF]),
        ("confidence", [0.0, 0.0]),
        ("entropy", [0.0, 0.0]),
        ("scaled_logit", [math.log(3.0), -math.log(3.0)]),
    ],
)
def test_calibrated_takes_the_mean_over_out_references(signal: str, scores: list[float]) -> None:
    """Record 0 is out of references 0 and 2, record 1 out of 0 only. The in-reference says something else."""
    first = np.log([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]])
    second = np.log([[0.98, 0.01, 0.01], [0.98, 0.01, 0.01]])
    third = np.log([[0.25, 0.25, 0.5], [0.98, 0.01, 0.01]])
    inside = np.array([[False, False], [True, True], [False, True]])
    evidence = Evidence(audit=Panel.of(TARGET, np.array([0, 0]), np.stack([first, second, third]), inside))
    found = Calibrated(signal=signal).score(evidence, RNG)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, scores, atol=1e-12)


def test_neighbourhood_information_multiplies_the_calibrated_score() -> None:
    """Eq. 8 of LDC-MIA by a loop: n_aux over the number of the shadow's records with a positive cosine."""
    evidence = gaussian_world(np.random.default_rng(0), n=40, shadows=1, references=1).evidence
    audit, shadow = evidence.audit, evidence.shadows[0]
    assert audit.reference_view is not None
    assert shadow.reference_view is not None
    own = audit.reference_view.outputs.values[int(audit.reference_view.models[0])][audit.reference_view.records]
    aux = shadow.reference_view.outputs.values[int(shadow.reference_view.models[0])][shadow.reference_view.records]
    information = [len(aux) / max(1, sum(float(v @ w) > 0 for w in aux)) for v in own]
    expected = Calibrated().score(evidence, RNG) * information
    np.testing.assert_allclose(Calibrated(neighbourhood=True).score(evidence, RNG), expected, rtol=1e-6)
