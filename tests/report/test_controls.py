import pytest

from miaudit.auditing.result import BlindBaseline, ColumnDifference, Compared, Controls, Likeness
from miaudit.metrics.quantity import Quantity
from miaudit.report.controls import control_blocks

HALF = Quantity(value=0.5, low=0.45, high=0.55, n=100)
WIDE = Quantity(value=0.6, low=0.3, high=0.9, n=20)
HIGH = Quantity(value=0.9, low=0.85, high=0.95, n=100)


def test_controls_say_what_they_mean_and_what_came_of_them() -> None:
    controls = Controls(
        null={"loss": {"auc": HALF}}, positive={"loss": {"auc": HIGH}}, null_passed=True, positive_passed=True
    )
    null, positive, _ = control_blocks(controls)
    assert (null.state, positive.state) == ("passed", "passed")
    assert (null.rows[0].reading, positive.rows[0].reading) == ("contains 0.5", "above 0.5")
    assert null.measures == ("AUC, 95 % interval",)


def test_a_failed_control_warns() -> None:
    controls = Controls(
        null={"loss": {"auc": HIGH}}, positive={"loss": {"auc": HALF}}, null_passed=False, positive_passed=False
    )
    for control in control_blocks(controls)[:2]:
        assert control.state == "failed"
        assert any(
            words in control.statement for words in ("cannot be trusted", "Blind on this model's outputs: loss.")
        )


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
    null, *_ = control_blocks(controls)
    assert null.rows[0].cells[1].note == "not measured"


def test_the_control_of_the_reference_models_tells_each_number() -> None:
    own = Compared(target=0.99, references=0.8, low=0.75, high=0.85, alike=False)
    loss = Compared(target=0.123456, references=0.12, low=None, high=None, alike=True)
    unlike = Likeness(state="unlike", models=8, measured={"accuracy_own": own, "loss_other": loss})
    controls = Controls(null={}, positive={}, null_passed=True, positive_passed=True, likeness=unlike)
    block = control_blocks(controls)[-1]
    assert (block.title, block.state, block.subject) == (
        "Reference models resemble the target",
        "failed",
        "Measure",
    )
    first, second = block.rows
    assert [cell.value for cell in first.cells] == ["99.0 %", "80.0 %", "75.0 % to 85.0 %"]
    assert [cell.value for cell in second.cells] == ["0.123", "0.120", "–"]
    assert (first.reading, second.reading) == ("outside", "within")


def test_a_blind_attack_does_not_disown_the_page() -> None:
    positive = {"gap": {"auc": HALF}, "lira": {"auc": HIGH}}
    controls = Controls(null={"gap": {"auc": HALF}}, positive=positive, null_passed=True, positive_passed=False)
    assert [(control.state, control.disowns) for control in control_blocks(controls)[:2]] == [
        ("passed", False),
        ("failed", False),
    ]
    all_blind = controls.model_copy(update={"positive": {"gap": {"auc": HALF}}})
    assert control_blocks(all_blind)[1].disowns


def test_the_columns_that_differ_are_named() -> None:
    blind = BlindBaseline(
        saw="records",
        auc=HIGH,
        tpr=HALF,
        wins=True,
        columns=14,
        differ=(ColumnDifference(name="age", auc=0.98, p=1e-30),),
    )
    controls = Controls(null={}, positive={}, null_passed=True, positive_passed=True, blind=blind)
    block = control_blocks(controls)[2]
    assert (block.title, block.state, block.disowns) == ("Blind baseline", "failed", False)
    assert [(row.name, row.cells[0].value) for row in block.rows] == [("blind attacker", "0.900"), ("age", "0.980")]
    assert block.rows[1].reading == "higher in members, in 98.0 % of pairs (corrected p < 0.001)"


def test_too_few_records_in_the_positive_control_do_not_disown_the_page() -> None:
    positive = {"gap": {"auc": WIDE}}
    controls = Controls(null={"gap": {"auc": HALF}}, positive=positive, null_passed=True, positive_passed=False)
    control = control_blocks(controls)[1]
    assert (control.state, control.disowns) == ("failed", False)
    assert "there are too few records to tell" in control.statement
    assert "Blind" not in control.statement


def test_members_and_nonmembers_that_nothing_compared_are_a_control_that_was_not_run() -> None:
    controls = Controls(null={}, positive={}, null_passed=True, positive_passed=True)
    assert [(block.key, block.state) for block in control_blocks(controls)][2:] == [("blind-baseline", "not_run")]
    compared = controls.model_copy(update={"same_distribution": HALF})
    assert [(block.key, block.state) for block in control_blocks(compared)][2:] == [("same-distribution", "passed")]
