"""The one check of what a model says."""

from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.model_outputs import OutputKind, checked

P = np.array([[0.9, 0.1], [0.25, 0.75], [1.0, 0.0]])
LOGITS = np.array([[2.0, -1.0], [0.0, 0.5], [-3.0, 8.0]])

REFUSED: list[tuple[Any, OutputKind, str]] = [
    (P, "logits", r"expected logits, got probabilities .*last softmax.*miaudit\.Predictions"),
    (P.astype(np.float32), "logits", "expected logits, got probabilities"),
    (
        LOGITS,
        "probs",
        r"expected probabilities in \[0, 1\], got 2 at record 0 \(4 such values\).*not logits",
    ),
    (P / 2, "probs", r"sum to 1 within 0\.001, got 0\.5 at record 0 \(3 such rows\)"),
    (P[:, :1], "probs", r"expected probabilities \(3, 2\), it gave \(3, 1\)"),
    (P[:2], "probs", r"expected probabilities \(3, 2\), it gave \(2, 2\)"),
    (P[:, 0], "probs", r"expected probabilities \(3, 2\), it gave \(3,\)"),
    (np.stack([P, P]), "probs", r"it gave \(2, 3, 2\)"),
    (np.hstack([LOGITS, LOGITS]), "logits", r"expected logits \(3, 2\), it gave \(3, 4\)"),
    (LOGITS.astype(object), "logits", "expected numbers, got object"),
    (LOGITS.astype(str), "logits", "expected numbers, got <U"),
    (LOGITS * 1j, "logits", "expected numbers, got complex128"),
    (np.where(LOGITS > 7, np.nan, LOGITS), "logits", r"expected finite numbers, got nan .* at record 2 \(1 such"),
    (np.where(LOGITS > 7, np.inf, LOGITS), "logits", "expected finite numbers, got inf"),
    (np.where(P == 0, np.nan, P), "probs", "expected finite numbers, got nan"),
]


@pytest.mark.parametrize(("values", "kind", "message"), REFUSED)
def test_what_is_refused_names_the_model_and_the_number_of_records(values: Any, kind: OutputKind, message: str) -> None:
    with pytest.raises(UserError, match=rf"the Judge, asked about 3 records: .*{message}"):
        checked("the Judge", values, kind, 3, 2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int8, np.int64, np.uint8])
def test_numbers_of_any_type_are_read(dtype: type) -> None:
    certain: np.ndarray[Any, Any] = np.array([[1, 0], [0, 1]], dtype=dtype)
    said = checked("the Judge", certain, "probs", 2, 2)
    assert said.values.dtype == (np.float32 if dtype == np.float32 else np.float64)
    np.testing.assert_array_equal(said.values, certain)


def test_lists_and_log_probabilities_are_logits() -> None:
    np.testing.assert_array_equal(checked("the Judge", np.log([[0.5, 0.5]]).tolist(), "logits", 1).values, np.log(0.5))


@pytest.mark.parametrize("digits", [1, 2, 3])
def test_rounded_rows_may_be_off_by_half_a_digit_a_class(digits: int) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(10), size=500).round(digits)
    assert np.abs(p.sum(axis=1) - 1).max() > 1e-3
    np.testing.assert_array_equal(checked("the Judge", p, "probs", 500).values, p)


def test_rounding_adds_up_over_many_classes() -> None:
    p = np.full((1, 1000), 0.00004)  # each of these becomes 0
    p[0, 0] = 1 - p[0, 1:].sum()
    np.testing.assert_array_equal(checked("the Judge", p.round(4), "probs", 1).values, p.round(4))
    with pytest.raises(UserError, match=r"sum to 1 within 0\.005, got 0\.96"):
        checked("the Judge", p - np.eye(1, 1000) / 25, "probs", 1)


def test_a_sum_on_the_edge_passes() -> None:
    p = np.array([[0.3333, 0.6657]])
    assert abs(p.sum() - 1) > 1e-3  # by the last bit
    np.testing.assert_array_equal(checked("the Judge", p, "probs", 1).values, p)


def test_no_records_are_no_mistake() -> None:
    assert checked("the Judge", np.empty((0, 3)), "logits", 0).values.shape == (0, 3)


def test_probabilities_in_half_precision_may_be_off_by_their_rounding() -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(10), size=500).astype(np.float32)
    rounded = ((p.view(np.uint32) + 0x8000) & 0xFFFF0000).view(np.float32)  # to bfloat16
    assert np.abs(rounded.sum(axis=1) - 1).max() > 1e-3
    np.testing.assert_array_equal(checked("the Judge", rounded, "probs", 500).values, rounded)
    with pytest.raises(UserError, match=r"sum to 1 within 0\.001"):
        checked("the Judge", p * np.float32(0.997), "probs", 500)
