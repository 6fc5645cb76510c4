"""Whether published numbers hold: near or not, sure or open."""

import math

import pytest

from miaudit.experiments.expected import Published, published
from miaudit.experiments.marks import Ours, mark, near, over_runs


@pytest.mark.parametrize(
    ("ours", "paper", "is_near"),
    [
        (0.62, 0.592, True),
        (0.63, 0.592, False),
        (0.02, 0.03, True),  # small: within a factor of 1.5
        (0.01, 0.03, False),  # near, but a third
        (0.0, 0.0, True),
        (0.12, 0.09, True),  # within 0.03
        (-0.02, 0.03, False),
        (120.0, 100.0, True),
        (160.0, 100.0, False),
    ],
)
def test_near(ours: float, paper: float, is_near: bool) -> None:
    measure = "auc" if paper < 1 else "true_positives"
    assert near(measure, ours, paper) is near(measure, paper, ours) is is_near
    assert mark(measure, Ours(ours), Published(paper, 3)) == ("holds" if is_near else "differs")


def test_nothing_is_marked_without_both_numbers() -> None:
    assert mark("auc", None, published("0.6")) is None
    assert mark("auc", Ours(0.6), None) is None


def test_amounts_are_near_by_their_ratio_and_infinity_by_itself() -> None:
    infinite = published("inf")
    assert mark("epsilon", Ours(0.8), published("1")) == "holds"
    assert mark("epsilon", Ours(0.6), published("1.0")) == "differs"
    assert mark("epsilon", Ours(math.inf), infinite) == "holds"
    assert mark("epsilon", Ours(1000.0), infinite) == "differs"
    assert mark("kl_divergence", Ours(0.5), published("0.400")) == "holds"  # no rate: within a factor of 1.5


def test_numbers_are_near_as_far_as_they_were_printed() -> None:
    assert mark("tpr", Ours(0.0004), published("0.000")) == "holds"
    assert mark("tpr", Ours(0.0006), published("0.000")) == "differs"
    assert mark("tpr", Ours(0.0004), published("0.0000")) == "differs"


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (Ours(0.61, None, 0.59, 0.63), "holds"),
        (Ours(0.61, None, 0.5, 0.7), "open"),  # near, but one record in two decides
        (Ours(0.61, 0.04, runs=16), "holds"),  # the mean is known within 2.13 x 0.01
        (Ours(0.61, 0.04, runs=4), "open"),  # within 3.18 x 0.02
        (Ours(0.7, 0.06, runs=16), "open"),  # one more run lies within 2.13 x 1.03 x 0.06
        (Ours(0.7, 0.04, runs=16), "differs"),
        (Ours(0.7, 0.04, runs=2), "open"),  # two tell little
        (Ours(0.7, None, 0.59, 0.8), "open"),
        (Ours(0.7, None, 0.61, 0.8), "differs"),
    ],
)
def test_what_chance_leaves_open(ours: Ours, expected: str) -> None:
    assert mark("auc", ours, published("0.600")) == expected


def test_numbers_of_several_runs() -> None:
    assert over_runs([]) is None
    assert over_runs([(None, None, None)]) is None
    assert over_runs([(0.6, 0.4, 0.9), (None, None, None)]) == Ours(0.6, None, 0.4, 0.9)
    both = over_runs([(0.6, 0.4, 0.9), (0.8, 0.5, None)])
    assert both is not None
    assert both.value == pytest.approx(0.7)
    assert both.spread == pytest.approx(math.sqrt(0.02))
    assert (both.low, both.high, both.runs) == (None, None, 2)


def test_intervals_by_hand() -> None:
    # 12.706 is the 97.5 % quantile of Student's t with one degree of freedom
    assert Ours(0.5, 0.01, runs=2).lies == pytest.approx((0.5 - 0.08985, 0.5 + 0.08985), abs=1e-4)
    assert Ours(0.5, 0.01, runs=2).may_be == pytest.approx((0.5 - 0.15562, 0.5 + 0.15562), abs=1e-4)
    assert Ours(0.5, None, 0.4, 0.7).lies == Ours(0.5, None, 0.4, 0.7).may_be == (0.4, 0.7)
    assert Ours(0.5).lies == (0.5, 0.5)


def test_infinite_runs_have_no_spread() -> None:
    assert over_runs([(math.inf, None, None)] * 2) == Ours(math.inf, None, runs=2)
