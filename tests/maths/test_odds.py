import numpy as np

from miaudit.maths.odds import Odds


def test_the_ratio_by_hand() -> None:
    np.testing.assert_allclose(Odds(2.0, -1.0).log_ratio(np.array([0.5, 1.0, 0.0])), [0.0, 1.0, -1.0])
