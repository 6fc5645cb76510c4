"""One-run audit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from miaudit.errors import UserError
from miaudit.metrics.one_run import one_run, one_run_bound, p_value


@pytest.mark.parametrize(
    ("examples", "guesses", "correct", "delta", "printed"),
    [
        (1000, 100, 75, 1e-4, 0.673),  # arXiv 2305.08846v1, Appendix D, the example below the code
        (100_000, 1510, 1439, 1e-5, 2.675),  # Section 7, Figure 11
    ],
)
def test_bounds_printed_in_the_paper(examples: int, guesses: int, correct: int, delta: float, printed: float) -> None:
    assert one_run_bound(correct, guesses, examples, delta) == pytest.approx(printed, abs=1e-3)  # it rounds and cuts


@pytest.mark.parametrize(
    ("shift", "tp", "fp", "corners", "printed"), [(1, 2807, 569, 386, 1.13346), (2, 4499, 167, 374, 2.311945)]
)
def test_bounds_of_jax_privacy(shift: float, tp: int, fp: int, corners: int, printed: float) -> None:
    # jax_privacy, auditing_test.py, test_epsilon_one_run_close: 10,000 records a side at the quantiles of N(shift, 1)
    # and N(0, 1), significance 0.05, delta 1e-6, Bonferroni over the corners of the ROC's hull; the best corner is:
    quantiles = stats.norm.ppf((np.arange(10_000) + 0.5) / 10_000)
    next_false = quantiles[-fp - 1]
    assert np.sum(quantiles + shift > next_false) == tp
    assert one_run_bound(tp, tp + fp, 20_000, 1e-6, 1 - 0.05 / corners) == pytest.approx(printed, rel=1e-5)


def literal_p_value(v: int, r: int, m: int, epsilon: float, delta: float) -> float:
    """Appendix D's definition, term by term."""
    q = np.exp(epsilon) / (1 + np.exp(epsilon))
    beta = sum(stats.binom.pmf(k, r, q) for k in range(v, r + 1))
    alpha = max([0.0] + [sum(stats.binom.pmf(v - j, r, q) for j in range(1, i + 1)) / i for i in range(1, v + 1)])
    return float(min(1.0, beta + 2 * m * delta * alpha))


@given(
    st.integers(1, 12).flatmap(lambda r: st.tuples(st.integers(0, r), st.just(r), st.integers(r, 30))),
    st.sampled_from([0.0, 0.3, 2.0]),
    st.sampled_from([0.0, 1e-3, 0.1]),
)
def test_p_value_is_the_definition(counts: tuple[int, int, int], epsilon: float, delta: float) -> None:
    v, r, m = counts
    assert p_value(v, r, m, epsilon, delta) == pytest.approx(literal_p_value(v, r, m, epsilon, delta), abs=1e-12)


def test_bound_is_where_the_p_value_is_the_error() -> None:
    bound = one_run_bound(90, 100, 200, 1e-5)
    assert p_value(90, 100, 200, bound, 1e-5) == pytest.approx(0.05, abs=1e-9)


def test_without_delta_it_is_clopper_pearson_of_the_accuracy() -> None:
    accuracy = stats.beta.ppf(0.05, 90, 11)
    assert one_run_bound(90, 100, 200) == pytest.approx(np.log(accuracy / (1 - accuracy)))


def test_coin_tosses_prove_nothing() -> None:
    assert one_run_bound(55, 100, 100) == 0.0
    rng = np.random.default_rng(0)
    found = [one_run(rng.normal(size=100), rng.random(100) < 0.5, 20, 20).low or 0.0 for _ in range(400)]
    assert np.mean(np.array(found) > 0) <= 0.05


def test_guesses_are_the_highest_and_the_lowest() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    member = np.array([True, True, False, True, False, False])
    found = one_run(scores, member, called=3, rejected=1)
    assert found.low == one_run_bound(3, 4, 6)
    assert found.n == 4
    assert found.value == pytest.approx(np.log(3.5 / 1.5))


def test_ties_are_not_broken_by_the_order_of_the_records() -> None:
    member = np.arange(1000) < 500  # members first
    assert (one_run(np.zeros(1000), member, 250, 250).low or 0.0) < 0.2


@pytest.mark.parametrize(("called", "rejected"), [(0, 0), (6, 5), (-1, 3)])
def test_impossible_numbers_of_guesses_are_refused(called: int, rejected: int) -> None:
    with pytest.raises(UserError, match="expects 1 to 10 guesses"):
        one_run(np.zeros(10), np.ones(10, dtype=bool), called, rejected)
