from miaudit.auditing.result import AuditResult
from miaudit.metrics.quantity import Quantity
from miaudit.report import tables
from report_example import Example

NONE = Quantity.unresolved(n=200, note="needs >= 10,000 non-members, have 200")


def test_a_bar_stays_on_its_scale() -> None:
    bar = tables.bar(Quantity(value=0.2, low=0.1, high=1.0, n=10))
    assert bar is not None
    assert (bar.low, bar.at, bar.high) == (0, 0, 100)
    assert tables.bar(NONE) is None


def test_attacks_stand_by_strength_and_those_without_a_number_last() -> None:
    result = Example(members=100, nonmembers=100, strengths={"weak": 0.1, "strong": 3.0, "mute": 1.0}).result()
    mute = result.attacks["mute"].model_copy(update={"auc": NONE})
    result = result.model_copy(update={"attacks": {**result.attacks, "mute": mute}})
    assert tables.by_strength(result) == ("strong", "weak", "mute")


def test_limits_fall_and_recalls_rise() -> None:
    result = Example(members=100, nonmembers=100).result()
    assert tables.limits(result) == ("0.01", "0.001", "0.0001")
    assert tables.recalls(result) == ("0.2", "0.3", "0.5", "0.7")


def test_a_rate_that_no_attack_has_is_explained_once_and_has_no_column() -> None:
    result = Example(members=300, nonmembers=200).result()
    assert tables.measured_limits(result) == ("0.01",)
    assert [len(row.tprs) for row in tables.attack_rows(result)] == [1] * len(result.attacks)
    assert tables.missing_rates(result) == (
        "The TPR at 0.1 % FPR needs at least 1,000 non-members; there are 200.",
        "The TPR at 0.01 % FPR needs at least 10,000 non-members; there are 200.",
    )


def test_a_rate_that_one_attack_has_keeps_its_column() -> None:
    result = Example(members=300, nonmembers=200).result()
    lira = result.attacks["lira"]
    found = {**lira.tpr_at_fpr, "0.001": Quantity(value=0.1, low=0.0, high=0.2, n=200)}
    attacks = {**result.attacks, "lira": lira.model_copy(update={"tpr_at_fpr": found})}
    assert tables.measured_limits(result.model_copy(update={"attacks": attacks})) == ("0.01", "0.001")


def with_control(low: float, high: float) -> AuditResult:
    """An audit whose attack `loss` has this interval in the positive control."""
    result = Example(members=30, nonmembers=30).result()
    positive = {"loss": {"auc": Quantity(value=(low + high) / 2, low=low, high=high, n=60)}}
    return result.model_copy(update={"controls": result.controls.model_copy(update={"positive": positive})})


def test_an_attack_that_missed_the_built_in_leak_is_blind_only_if_there_were_records_enough() -> None:
    remarks = [
        next(row.remark for row in tables.attack_rows(with_control(*ends)) if row.name == "loss")
        for ends in ((0.48, 0.53), (0.3, 0.8), (0.7, 0.9))
    ]
    assert remarks == ["blind on these outputs", "too few records to tell whether it works here", ""]
