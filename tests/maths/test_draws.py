"""Positions drawn at random."""

import numpy as np

from miaudit.maths.draws import draw


def test_draw_takes_all_or_a_random_part() -> None:
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(draw(rng, 5, 5), np.arange(5))
    part = draw(rng, 1000, 10)
    assert len(np.unique(part)) == 10
    np.testing.assert_array_equal(part, np.sort(part))
