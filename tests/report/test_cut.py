import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.auditing.scored_records import ScoredRecords
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.report.charts.base import Audited
from miaudit.report.cut import cut_data, cuts, dense_ranks, first_position, offered
from report_example import Example, audited


@pytest.mark.parametrize("nonmembers", [1, 2, 3, 37, 400, 25_000])
def test_offered_cuts_rise_from_one_false_alarm_to_half(nonmembers: int) -> None:
    allowed = offered(nonmembers)
    assert allowed[0] == 1
    assert allowed[-1] == max(1, nonmembers // 2)
    assert (np.diff(allowed) > 0).all()
    assert len(allowed) < 220


def test_round_rates_are_offered() -> None:
    allowed = set(offered(25_000).tolist())
    assert {25, 250, 500, 1250, 2500, 7500} <= allowed  # 0.1, 1, 2, 5, 10 and 30 %
    assert offered(25_000)[first_position(offered(25_000), 25_000)] == 250


def test_the_page_opens_at_the_strictest_cut_where_one_percent_is_less_than_a_record() -> None:
    assert first_position(offered(50), 50) == 0


@given(
    scores=st.lists(st.integers(0, 6), min_size=8, max_size=40),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_the_metrics_with_ties(scores: list[int], seed: int) -> None:
    values = np.array(scores, dtype=float)
    member = np.random.default_rng(seed).random(len(values)) < 0.5
    member[:2], member[-2:] = True, False
    nonmembers = int(np.sum(~member))
    known = np.ones(len(values), dtype=bool)
    allowed = np.arange(1, max(2, nonmembers // 2 + 1))
    found = cuts(values, known, member, allowed)
    rank = dense_ranks(values).rank
    for place, false_alarms in enumerate(allowed.tolist()):
        expected = rate_at_limit(values[member], values[~member], false_alarms / nonmembers)
        assert (found.tp[place], found.cut[place]) == (expected.above, expected.cut)
        assert found.fp[place] == np.sum(values[~member] > expected.cut)
        assert ((rank > found.below[place]) == (values > expected.cut)).all()


def test_records_of_unknown_truth_have_a_rank_and_are_not_counted() -> None:
    values = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    known = np.array([False, True, True, True, True])
    member = np.array([False, True, False, False, False])
    found = cuts(values, known, member, np.array([1]))
    assert (found.tp.tolist(), found.fp.tolist(), found.cut.tolist()) == ([1], [1], [2.0])
    assert (dense_ranks(values).rank > found.below[0]).tolist() == [True, True, True, False, False]


def test_there_is_a_cut_for_every_attack_and_none_without_truth() -> None:
    whole = audited(Example(members=60, nonmembers=50))
    data = cut_data(whole, "kde")
    assert data is not None
    assert [attack["name"] for attack in data["attacks"]] == list(whole.scored)
    assert whole.scored[data["attack"]] == "kde"
    assert cut_data(audited(Example(members=60, nonmembers=50, truth=False))) is None
    nobody = ScoredRecords.from_table(pa.table({"id": [], "label": []}), whole.scored)
    assert cut_data(Audited(whole.result, nobody)) is None
