import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.decisions.exposed import best_naming
from miaudit.decisions.naming import NamedNow, named_now
from report_example import Example


def naming(counts: dict[str, tuple[int, int]], level: str = "leaks", truth: bool = True) -> NamedNow | None:
    """What is named where attacks call so many members and so many non-members, the first of each, members."""
    example = Example(300, 300, strengths=dict.fromkeys(counts, 1.0), level=level, truth=truth)
    table = example.table()
    for name, (members, others) in counts.items():
        called = np.r_[np.arange(300) < members, np.arange(300) < others]
        table = table.set_column(table.column_names.index(f"{name}.member"), f"{name}.member", pa.array(called))
    return named_now(example.result(), ScoredRecords.from_table(table, tuple(counts)))


def test_the_interval_is_that_of_clopper_and_pearson_for_all_attacks_together() -> None:
    found = naming({"two_stage": (11, 0), "ldc": (196, 90)})
    assert found is not None
    assert (found.attack, found.number, found.members, found.own_cut) == ("two_stage", 11, 11, True)
    low, high = stats.binomtest(11, 11).proportion_ci(1 - 0.05 / 2, method="exact")
    assert found.precision.low == pytest.approx(low)
    assert found.precision.high == high
    assert np.flatnonzero(found.named).tolist() == list(range(11))


def test_of_two_the_surer_one_names() -> None:
    found = naming({"few": (3, 0), "many": (95, 5)})
    assert found is not None
    assert (found.attack, found.number, found.members) == ("many", 100, 95)  # 3 of 3 could be luck


def test_below_nine_of_ten_the_best_cut_of_any_attack_counts() -> None:
    at_own = naming({"lira": (90, 10)})
    assert at_own is not None
    assert at_own.own_cut
    found = naming({"lira": (89, 11)})
    example = Example(300, 300, strengths={"lira": 1.0})
    best = best_naming(ScoredRecords.from_table(example.table(), ("lira",)), ALPHA)
    assert found is not None
    assert best is not None
    assert (found.own_cut, found.number, found.members) == (False, int(best.named.sum()), best.found.members)
    assert found.precision == best.found.precision


def test_nobody_is_named_without_a_leak_or_without_the_truth() -> None:
    assert naming({"loss": (50, 0)}, level="no_leak_found") is None
    assert naming({"loss": (50, 0)}, truth=False) is None
    assert naming({}) is None
