import numpy as np
import pytest
from scipy import stats

from miaudit.metrics.agreement import rank_correlations, shared


def test_correlations_are_spearmans_ties_included() -> None:
    scores = np.round(np.random.default_rng(0).normal(size=(50, 3)), 1)
    scores[:, 2] += scores[:, 0]
    expected = stats.spearmanr(scores).statistic
    assert rank_correlations(scores) == pytest.approx(expected)


def test_scores_that_are_all_the_same_correlate_with_nothing() -> None:
    found = rank_correlations(np.column_stack([np.arange(4.0), np.ones(4)]))
    assert found[0, 0] == pytest.approx(1)
    assert np.isnan(found[[0, 1, 1], [1, 0, 1]]).all()


def test_what_is_shared_is_a_share_of_what_either_calls() -> None:
    found = shared(np.array([True, True, True, False]), np.array([False, True, True, True]))
    assert (found.both, found.either, found.share) == (2, 4, 0.5)
    assert shared(np.zeros(3, dtype=bool), np.zeros(3, dtype=bool)).share == 0
