import pytest
from scipy import stats

from decisions.graded_worlds import finding, result_of
from miaudit.auditing.result import AuditResult
from miaudit.decisions.naming import named_now


def claiming(counts: dict[str, tuple[int, int]], **changes: object) -> AuditResult:
    """A result whose attacks call so many members and so many non-members members."""
    result = result_of(*(finding(name) for name in counts), **changes)  # type: ignore[arg-type]
    attacks = {}
    for name, (tp, fp) in counts.items():
        decision = result.attacks[name].decision.model_copy(update={"tp": tp, "fp": fp})
        attacks[name] = result.attacks[name].model_copy(update={"decision": decision})
    return result.model_copy(update={"attacks": attacks})


def test_the_interval_is_that_of_clopper_and_pearson_for_all_attacks_together() -> None:
    found = named_now(claiming({"two_stage": (11, 0), "ldc": (196, 90)}))
    assert found is not None
    assert (found.attack, found.records, found.members, found.precision.value) == ("two_stage", 11, 11, 1.0)
    low, high = stats.binomtest(11, 11).proportion_ci(1 - 0.05 / 2, method="exact")
    assert found.precision.low == pytest.approx(low)
    assert found.precision.high == high


def test_of_two_the_surer_one_names() -> None:
    found = named_now(claiming({"few": (3, 0), "many": (95, 5)}))
    assert found is not None
    assert found.attack == "many"  # 3 of 3 could be luck
    assert (found.records, found.members) == (100, 95)


def test_nine_of_ten_must_be_right() -> None:
    assert named_now(claiming({"loss": (89, 11)})) is None
    assert named_now(claiming({"loss": (90, 10)})) is not None
    assert named_now(claiming({"loss": (0, 0)})) is None


def test_nobody_is_named_without_a_leak() -> None:
    assert named_now(claiming({"loss": (50, 0)}, level="no_leak_found")) is None
    assert named_now(result_of()) is None
