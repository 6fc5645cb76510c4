"""A number with its interval."""

import pytest
from pydantic import ValidationError

from miaudit.metrics.quantity import Quantity


def test_text_of_an_open_end() -> None:
    assert Quantity(value=1.5, low=1.0, high=None, n=10).text(2) == "1.50 [1.00, -]"


def test_unresolved_has_a_reason_and_no_number() -> None:
    found = Quantity.unresolved(200, "needs >= 10,000 non-members, have 200")
    assert (found.value, found.low, found.high, found.resolved) == (None, None, None, False)
    assert found.text() == "needs >= 10,000 non-members, have 200"


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Quantity(value=1.0, low=0.0, high=1.0, n=1, spread=2.0)  # type: ignore[call-arg]
