"""Threshold precision."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError
from miaudit.registry import build
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.thresholds.precision import Precision

both_kinds = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=25).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


def by_the_paper(scores: Floats, member: Bools, alpha: float) -> tuple[int, int] | None:
    """HP-MIA Algorithm 2, inference threshold, literally: (TP, FP) of the best cut, or None where it fails."""
    ordered = sorted(scores)
    midpoints = [(a + b) / 2 for a, b in pairwise(ordered)]
    best = None
    for u in [min(scores) - 1, *midpoints]:
        tp = sum(s > u and inside for s, inside in zip(scores, member, strict=True))
        fp = sum(s > u and not inside for s, inside in zip(scores, member, strict=True))
        if tp + fp and tp / (tp + fp) >= alpha and (best is None or (tp, -fp) > (best[0], -best[1])):
            best = (tp, fp)
    return best


@given(both_kinds, st.sampled_from([0.5, 0.75, 0.9, 1.0]))
def test_same_as_the_algorithm_in_the_paper(rows: list[tuple[int, bool]], alpha: float) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    chosen = Precision(alpha).cut(scores, member)
    expected = by_the_paper(scores, member, alpha)
    called = scores > chosen.value
    assert chosen.constraint_met == (expected is not None)
    if expected:
        assert (np.sum(called & member), np.sum(called & ~member)) == expected
    else:
        assert chosen.value == BestAccuracy().cut(scores, member).value


def test_precision_of_exactly_alpha_is_enough() -> None:
    scores = np.concatenate([np.full(49, 2.0), [2.0, 1.0, 1.0]])
    member = np.arange(52) < 49
    assert Precision(0.98).cut(scores, member)[:2] == (1.5, True)  # 49 of 50


def test_of_equal_cuts_the_strictest_with_the_fewest_false_positives() -> None:
    scores = np.array([9.0, 8.0, 7.0, 6.0, 5.0])
    member = np.array([True, True, False, False, False])
    assert Precision(0.5).cut(scores, member).value == 7.5


@pytest.mark.parametrize("alpha", [0.0, 1.01, "high"])
def test_alpha_out_of_range_is_refused(alpha: object) -> None:
    with pytest.raises(UserError, match="alpha"):
        build("thresholds", "precision", {"alpha": alpha})
