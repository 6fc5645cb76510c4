from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.defences.confidence_masking import ConfidenceMasking, rounded, top
from miaudit.errors import UserError

P = np.array([[0.62, 0.3, 0.08], [0.2, 0.14, 0.66]])


def shown(p: Floats, **options: Any) -> Floats:
    return ConfidenceMasking(**options).mask(np.log(p))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"top_k": 1}, [[0.62, 0.19, 0.19], [0.17, 0.17, 0.66]]),
        ({"top_k": 2}, P),
        ({"top_k": 9}, P),
        ({"digits": 1}, [[0.6, 0.3, 0.1], [0.2, 0.1, 0.7]]),
        ({"digits": 2}, P),
        ({"top_k": 1, "digits": 1}, [[0.6, 0.2, 0.2], [0.2, 0.2, 0.7]]),
        ({"labels_only": True}, [[1, 0, 0], [0, 0, 1]]),
    ],
)
def test_masks_by_hand(options: dict[str, Any], expected: Any) -> None:
    npt.assert_allclose(shown(P, **options), expected, atol=1e-12)


def test_a_temperature_divides_the_logits() -> None:
    logits = np.array([[2.0, 0.0, -4.0]])
    npt.assert_allclose(ConfidenceMasking(temperature=4.0).mask(logits), softmax(logits / 4.0, axis=1), atol=1e-12)


def test_equal_probabilities_keep_one_label() -> None:
    quarters, small = np.full((1, 4), 0.25), np.full((1, 40), 0.025)
    npt.assert_array_equal(shown(quarters, labels_only=True), [[1, 0, 0, 0]])
    npt.assert_array_equal(rounded(small, 1, np.log(small))[0], np.eye(40)[0])
    npt.assert_allclose(top(quarters, 2, np.log(quarters)), 0.25)


def test_the_label_is_that_of_the_logits_where_probabilities_tie() -> None:
    logits = np.array([[-1.0, -1e-280, 0.0, 0.0]])
    assert ConfidenceMasking(top_k=1).mask(logits).argmax() == 2
    assert ConfidenceMasking(labels_only=True).mask(logits).argmax() == 2


@given(
    st.lists(st.lists(st.floats(-50, 50), min_size=4, max_size=4), min_size=1, max_size=5),
    st.sampled_from([{"top_k": 1}, {"top_k": 3}, {"digits": 1}, {"labels_only": True}, {"temperature": 3.0}]),
)
def test_masked_outputs_are_finite_and_keep_the_label(rows: list[list[float]], options: dict[str, Any]) -> None:
    logits = np.array(rows)
    masked = ConfidenceMasking(**options).mask(logits)
    assert masked.shape == logits.shape
    assert np.isfinite(masked).all()
    best = np.take_along_axis(masked, logits.argmax(axis=1)[:, None], axis=1)
    assert (best >= masked - 1e-9).all()  # ties are possible, another label is not


@pytest.mark.parametrize("options", [{}, {"labels_only": True, "digits": 1}])
def test_a_mask_of_nothing_or_of_both_kinds_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="choose labels_only, or some of temperature, top_k and digits"):
        registry.build("defences", "confidence_masking", options)
