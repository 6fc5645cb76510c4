"""What an attack has estimated of its scores' worth, and what another package may mean by the same name."""

from typing import Any

import numpy as np
import pytest

from decisions_examples import saved, with_odds
from miaudit.decisions.worth import log_ratios


def test_the_line_by_hand() -> None:
    attack = with_odds(saved(), "lira", 0.5, -1.0).result.attacks["lira"]
    found = log_ratios(attack, np.array([0.0, 4.0]))
    assert found is not None
    np.testing.assert_array_equal(found, [-1.0, 1.0])


@pytest.mark.parametrize("learned", [{}, {"log_ratio": 3.2}, {"log_ratio": [1.0, 2.0]}, {"log_ratio": {"slope": 1.0}}])
def test_what_is_no_line_is_no_estimate(learned: dict[str, Any]) -> None:
    attack = saved().result.attacks["lira"].model_copy(update={"learned": learned})
    assert log_ratios(attack, np.zeros(2)) is None
