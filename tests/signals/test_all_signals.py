"""Every signal against the same formula in 400-digit arithmetic, and what all of them have in common."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.maths import blocks
from miaudit.model_outputs import ModelOutputs
from miaudit.signals.base import LOG_ZERO, find_signal

NAMES = registry.names("signals")
VECTORS = ("logits", "posteriors")
FLOOR = Decimal(LOG_ZERO)

logit_rows = st.lists(
    st.one_of(st.floats(-5, 5), st.sampled_from([-800.0, -80.0, -1e-9, 0.0, 80.0, 800.0])), min_size=2, max_size=6
)


@cache
def slow_posteriors(row: tuple[float, ...]) -> list[Decimal]:
    powers = [Decimal(z).exp() for z in row]
    return [power / sum(powers) for power in powers]


@cache
def ln(p: Decimal) -> Decimal:
    return p.ln()


def log(p: Decimal) -> Decimal:
    return max(ln(p), FLOOR) if p > 0 else FLOOR


def slow_scaled_logit(row: tuple[float, ...], y: int) -> Decimal:
    p = slow_posteriors(row)
    rest = sum(p[:y] + p[y + 1 :], Decimal(0))
    return min(max((p[y] / rest).ln(), FLOOR), -FLOOR)


def slow_loss(row: tuple[float, ...], y: int) -> Decimal:
    return log(slow_posteriors(row)[y])


def slow_confidence(row: tuple[float, ...], y: int) -> Decimal:
    del y
    return log(max(slow_posteriors(row)))


def slow_entropy(row: tuple[float, ...], y: int) -> Decimal:
    del y
    return sum((p * ln(p) for p in slow_posteriors(row)), Decimal(0))


def slow_modified_entropy(row: tuple[float, ...], y: int) -> Decimal:
    """HP-MIA Eq. 5."""
    p = slow_posteriors(row)
    others = [(c, sum(p[:c] + p[c + 1 :], Decimal(0))) for c in range(len(p))]
    return sum((rest * log(p[c]) if c == y else p[c] * log(rest) for c, rest in others), Decimal(0))


SLOW: dict[str, Callable[[tuple[float, ...], int], Decimal]] = {
    "scaled_logit": slow_scaled_logit,
    "loss": slow_loss,
    "confidence": slow_confidence,
    "entropy": slow_entropy,
    "modified_entropy": slow_modified_entropy,
}


def signal(name: str, row: list[float], y: int) -> Floats:
    values: Floats = find_signal(name)(ModelOutputs(np.array([row]), "logits"), np.array([y]))[0]
    return values


@given(row=logit_rows, y=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_each_is_its_formula_to_the_last_digits(row: list[float], y: int) -> None:
    """Also where p is so near to 0 or 1 that a double cannot hold 1 - p."""
    y %= len(row)
    with localcontext() as context:
        context.prec = 800
        expected = {name: float(slow(tuple(row), y)) for name, slow in SLOW.items()}
    for name, value in expected.items():
        near_even_odds = 1e-13 if name == "scaled_logit" else 1e-300  # log odds of about 0 are a difference of logits
        assert signal(name, row, y) == pytest.approx(value, rel=1e-11, abs=near_even_odds), name


@given(row=logit_rows)
@settings(max_examples=60, deadline=None)
def test_posteriors_are_the_softmax(row: list[float]) -> None:
    with localcontext() as context:
        context.prec = 50
        expected = [float(p) for p in slow_posteriors.__wrapped__(tuple(row))]
    np.testing.assert_allclose(signal("posteriors", row, 0), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("logits", "label", "expected"), [([1.0, 2.0, -3.0], 1, 0.98185009), ([-1.0, 1.0, 0.0], 2, -1.12692802)]
)
def test_scaled_logit_of_published_examples(logits: list[float], label: int, expected: float) -> None:
    """Example vectors of tensorflow-privacy's LiRA scores; the exact values are 0.98185007 and -1.12692801."""
    assert signal("scaled_logit", logits, label) == pytest.approx(expected, abs=3e-8)


def test_confident_records_do_not_tie() -> None:
    """1 - p of these two is 1e-35 and 1e-31: the loss in the naive way is 0 for both."""
    surer, sure = (signal("loss", [z, 0.0], 0) for z in (80.0, 70.0))
    assert surer > sure
    assert surer == pytest.approx(-np.exp(-80.0))


def test_correct_is_one_where_the_label_is_the_largest() -> None:
    logits = np.array([[0.0, 1.0], [2.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    found = find_signal("correct")(ModelOutputs(logits, "logits"), np.array([1, 1, 0, 1]))
    np.testing.assert_array_equal(found, [1, 0, 0.5, 0.5])


def test_logits_are_left_as_they_are() -> None:
    logits = np.array([[1.0, -800.0]], dtype=np.float32)
    found = find_signal("logits")(ModelOutputs(logits, "logits"), np.array([0]))
    np.testing.assert_array_equal(found, logits)
    assert found.dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
def test_signals_are_finite_double_and_leave_their_input(name: str) -> None:
    logits = np.random.default_rng(0).choice([-800.0, -80.0, 0.0, 80.0, 800.0], size=(300, 4)).astype(np.float32)
    labels = np.arange(300) % 4
    before = logits.copy()
    values = find_signal(name)(ModelOutputs(logits, "logits"), labels)
    assert values.shape == ((300, 4) if name in VECTORS else (300,))
    assert values.dtype == np.float64
    assert np.isfinite(values).all()
    np.testing.assert_array_equal(logits, before)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in VECTORS])
def test_scalar_signals_rise_with_the_fit(name: str) -> None:
    """The label is the largest class already; a higher logit fits better."""
    values = [float(signal(name, [z, 0.0, -1.0], 0)) for z in (0.5, 1.0, 3.0, 30.0)]
    assert values == sorted(values)
    assert name == "correct" or values[0] < values[-1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 3, 40])
def test_blocks_of_records_do_not_show(monkeypatch: pytest.MonkeyPatch, dtype: type, classes: int) -> None:
    rng = np.random.default_rng(0)
    outputs = ModelOutputs((30 * rng.normal(size=(50, classes))).astype(dtype), "logits")
    labels = rng.integers(classes, size=50)
    signals = [find_signal(name) for name in ("scaled_logit", "loss", "correct")]
    whole = [signal(outputs, labels) for signal in signals]
    monkeypatch.setattr(blocks, "CELLS", 0)
    for signal, expected in zip(signals, whole, strict=True):
        np.testing.assert_array_equal(signal(outputs, labels), expected)
