import pytest

from miaudit.auditing.result import Controls
from miaudit.metrics.quantity import Quantity
from miaudit.report.words import control_blocks, duration

HALF = Quantity(value=0.5, low=0.45, high=0.55, n=100)
HIGH = Quantity(value=0.9, low=0.85, high=0.95, n=100)


def test_controls_say_what_they_mean_and_what_came_of_them() -> None:
    controls = Controls(
        null={"loss": {"auc": HALF}}, positive={"loss": {"auc": HIGH}}, null_passed=True, positive_passed=True
    )
    null, positive = control_blocks(controls)
    assert (null.state, positive.state) == ("passed", "passed")
    assert (null.rows[0].reading, positive.rows[0].reading) == ("holds 0.5", "above 0.5")
    assert null.measures == ("AUC, 95\u00a0% interval",)


def test_a_failed_control_warns() -> None:
    controls = Controls(
        null={"loss": {"auc": HIGH}}, positive={"loss": {"auc": HALF}}, null_passed=False, positive_passed=False
    )
    for control in control_blocks(controls):
        assert control.state == "failed"
        assert any(words in control.statement for words in ("cannot be trusted", "are blind on this model's outputs"))


@pytest.mark.parametrize("flag", [True, False])
def test_a_control_without_numbers_was_not_run(flag: bool) -> None:
    controls = Controls(null={}, positive={}, null_passed=flag, positive_passed=flag)
    assert {control.state for control in control_blocks(controls)} == {"not_run"}


def test_an_attack_that_lacks_a_measure_says_so() -> None:
    controls = Controls(
        null={"loss": {"auc": HALF}, "lira": {"auc": HALF, "tpr": HALF}},
        positive={},
        null_passed=True,
        positive_passed=True,
    )
    null, _ = control_blocks(controls)
    assert null.rows[0].cells[1].note == "not measured"


@pytest.mark.parametrize(("seconds", "text"), [(0.0123, "0.012 s"), (59.4, "59 s"), (3700, "1 h 1 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
