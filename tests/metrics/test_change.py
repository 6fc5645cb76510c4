import pytest

from miaudit.metrics.change import Change, square_and_add
from miaudit.metrics.intervals import wilson
from miaudit.metrics.quantity import Quantity


def share(k: int, n: int, confidence: float = 0.95) -> Quantity:
    low, high = wilson(k / n, n, confidence)
    return Quantity(value=k / n, low=low, high=high, confidence=confidence, n=n)


def test_newcombes_published_interval_for_independent_shares() -> None:
    """Newcombe, Stat. Med. 1998, Table II, method 10: 56/70 - 48/80 has the interval [0.0524, 0.3339]."""
    found = square_and_add(share(48, 80), share(56, 70))
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)


def test_a_number_without_a_value_leaves_its_reason() -> None:
    found = square_and_add(share(1, 2), Quantity.unresolved(7, "needs >= 10,000 non-members, have 7"))
    assert not found.resolved
    assert found.note == "needs >= 10,000 non-members, have 7"


def test_correlation_narrows_the_interval() -> None:
    one, other = share(40, 80), share(44, 80)
    wide, narrow = square_and_add(one, other), square_and_add(one, other, 0.9)
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < narrow.low < 0.05


def test_p_is_where_the_interval_ends_at_zero() -> None:
    change = Change(lambda confidence: square_and_add(share(48, 80, confidence), share(56, 70, confidence)))
    low = change.at(1 - change.p).low
    assert low == pytest.approx(0, abs=1e-4)
    assert change.p == pytest.approx(0.008, abs=0.001)


def test_no_difference_and_an_unknown_one_have_a_p_of_1() -> None:
    assert Change(lambda confidence: square_and_add(share(5, 9, confidence), share(5, 9, confidence))).p == 1
    assert Change(lambda confidence: Quantity.unresolved(3, "too few", confidence)).p == 1


def test_an_overwhelming_difference_has_a_p_of_almost_0() -> None:
    assert Change(lambda confidence: Quantity(value=0.9, low=0.8, high=1.0, confidence=confidence, n=9)).p < 1e-14
