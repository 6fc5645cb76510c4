import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from miaudit.report.histograms import Bins, Scale, shared_bins, shares, ticks

SCORES = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=200).map(np.array)


@example(np.array([0.0, 0.0, 0.0, 91009599.0, 5.1e-301]))  # a spread that no range can be divided by
@given(SCORES)
def test_every_score_is_in_a_bin(scores: np.ndarray) -> None:
    bins = shared_bins(scores)
    assert np.all(np.diff(bins.edges) > 0)
    assert shares(scores, bins).sum() == pytest.approx(1)


@given(SCORES)
def test_labels_rise_within_the_axis(scores: np.ndarray) -> None:
    bins = shared_bins(scores)
    places = [tick.at for tick in ticks(bins)]
    assert len(places) >= 3
    assert places == sorted(places)
    assert bins.edges[0] <= places[0]
    assert places[-1] <= bins.edges[-1]


@given(st.floats(-100, 100), st.floats(1e-6, 100), st.floats(-1e6, 1e6))
def test_places_lead_back_to_scores(centre: float, width: float, score: float) -> None:
    scale = Scale(centre, width)
    assert scale.score(scale.place(np.array([score])))[0] == pytest.approx(score, rel=1e-6, abs=1e-6)


def test_gaussian_scores_stay_on_a_linear_axis() -> None:
    assert shared_bins(np.random.default_rng(0).normal(size=20_000)).scale == Scale()


def test_a_long_tail_leaves_the_bulk_readable() -> None:
    rng = np.random.default_rng(1)
    scores = np.log1p(-(rng.random(2000) ** 8))  # log-probabilities: most near 0, some far below
    linear = np.histogram(scores, 45)[0].max() / 2000
    bins = shared_bins(scores)
    assert linear > 0.6
    assert shares(scores, bins).max() < 0.45


def test_excluded_records_far_below_do_not_hide_the_rest() -> None:
    scores = np.r_[np.full(100, -1e7), np.linspace(-1, 1, 900)]
    assert np.sum(shares(scores, shared_bins(scores)) > 0) > 5


def test_equal_scores_get_bins_around_them() -> None:
    bins = shared_bins(np.full(5, 3.0))
    assert (bins.edges[0], bins.edges[-1]) == (1.5, 4.5)


def test_labels_are_round_scores() -> None:
    labels = [tick.text for tick in ticks(Bins(np.linspace(-8, 1, 10), Scale(centre=0.0, width=0.001)))]
    assert {"−1", "−0.1", "−0.01", "0"} <= set(labels)


def test_shares_of_no_record_are_zero() -> None:
    assert shares(np.array([]), Bins(np.array([0.0, 1.0]), Scale())).tolist() == [0.0]


def test_large_labels_stay_short() -> None:
    labels = [tick.text for tick in ticks(Bins(np.linspace(-18, 1, 10), Scale(centre=0.0, width=1.0)))]
    assert "−1e7" in labels
