"""All numbers of one attack."""

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.metrics.summary import null_interval, summarise

MEMBER = np.arange(600) < 300


def test_every_number_is_there() -> None:
    rng = np.random.default_rng(0)
    found = summarise(rng.normal(size=600) + MEMBER, MEMBER)
    assert list(found.tpr_at_fpr) == ["0.01", "0.001", "0.0001"]
    assert list(found.precision_at_recall) == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]
    assert [quantity.resolved for quantity in found.tpr_at_fpr.values()] == [True, False, False]
    assert found.auc.value is not None
    assert found.auc.value > 0.7


def test_round_trip_through_json() -> None:
    rng = np.random.default_rng(0)
    found = summarise(rng.normal(size=600) + MEMBER, MEMBER)
    assert type(found).model_validate_json(found.model_dump_json()) == found


def test_the_same_scores_give_the_same_bits_in_any_order_of_records() -> None:
    scores = np.random.default_rng(0).normal(size=600)
    first = summarise(scores, MEMBER)
    assert summarise(scores, MEMBER) == first
    order = np.random.default_rng(2).permutation(600)
    other = summarise(scores[order], MEMBER[order])
    assert other.auc == first.auc.model_copy(update={"low": other.auc.low, "high": other.auc.high})
    assert other.epsilon == first.epsilon
    assert other.tpr_at_fpr == first.tpr_at_fpr
    assert other.precision_at_recall == first.precision_at_recall


def test_single_precision_scores_measure_as_double() -> None:
    scores = np.random.default_rng(0).normal(size=600).astype(np.float32)
    narrow, wide = (summarise(s, MEMBER) for s in (scores, scores.astype(np.float64)))
    assert narrow.auc.value == wide.auc.value
    assert narrow.tpr_at_fpr == wide.tpr_at_fpr


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    scores = np.zeros(600)
    scores[7] = bad
    with pytest.raises(UserError, match=f"1 of 600 are not, the first is {bad} at record 7"):
        summarise(scores, MEMBER)


@pytest.mark.parametrize(("inside", "said"), [(True, "600 members and 0"), (False, "0 members and 600")])
def test_one_kind_of_record_is_refused(inside: bool, said: str) -> None:
    with pytest.raises(UserError, match=f"got {said} non-members: add records of the missing kind"):
        summarise(np.zeros(600), np.full(600, inside))


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(UserError, match=r"a score and a membership"):
        summarise(np.zeros(599), MEMBER)


def test_null_interval_widens_with_the_attacks() -> None:
    scores = np.random.default_rng(0).normal(size=400)
    one, ten = (null_interval(scores, np.random.default_rng(1), attacks) for attacks in (1, 10))
    assert one.n == 200
    assert one.value == ten.value
    assert (ten.low or 1) < (one.low or 0) < (one.high or 0) < (ten.high or 0)
    assert ten.confidence == pytest.approx(0.995)


def test_null_interval_covers_a_half() -> None:
    scores = np.random.default_rng(0).normal(size=101)  # one set of records, halved again and again
    rng = np.random.default_rng(1)
    found = [null_interval(scores, rng, 1) for _ in range(300)]
    assert np.mean([(one.low or 0) <= 0.5 <= (one.high or 0) for one in found]) >= 0.93


def test_null_interval_needs_two_records() -> None:
    with pytest.raises(UserError, match="expects >= 2 non-members, got 1"):
        null_interval(np.zeros(1), np.random.default_rng(0), 1)
