"""What defences change, told from intervals."""

import pytest

from miaudit.auditing.defences_result import DefencesResult, Defended, Leak, Leakage
from miaudit.auditing.effects import defence_verdict
from miaudit.auditing.result import Cost
from miaudit.config import Attacker
from miaudit.metrics.quantity import Quantity
from report_example import Example


def around(value: float, half: float = 0.02) -> Quantity:
    return Quantity(value=value, low=value - half, high=value + half, n=1000)


def leakage(auc: float, tpr: float, verdict: str = "leaks") -> Leakage:
    leaks = {"lira": Leak(auc=around(auc), tpr_at_fpr={"0.01": around(tpr)})}
    weaker = Leak(auc=around(0.5), tpr_at_fpr={"0.01": around(0.02)})
    return Leakage(attacks={"loss": weaker, **leaks}, verdict=verdict, folder="x")


def row(title: str, accuracy: float = 0.9, **by: Leakage) -> Defended:
    attackers: dict[Attacker, Leakage] = {who: by[who] for who in ("knows", "unaware") if who in by}
    return Defended(
        title=title, train_accuracy=around(1), test_accuracy=around(accuracy), guarantee=None, attackers=attackers
    )


def comparison(*rows: Defended) -> DefencesResult:
    return DefencesResult(
        description="a network",
        members=1000,
        nonmembers=1000,
        rows=(row("none", knows=leakage(0.7, 0.1)), *rows),
        skipped={},
        cost=Cost(seconds={}, models_trained=0, models_cached=0),
        provenance=Example(members=9, nonmembers=9, strengths={}).result().provenance,
    )


def test_a_defence_that_raises_the_leak_leads_the_verdict() -> None:
    found = defence_verdict(
        comparison(row("l2", knows=leakage(0.8, 0.1)), row("dropout", knows=leakage(0.6, 0.1, "no_leak_found")))
    )
    assert found.direction == "raises"
    assert found.headline == "Attackers find more with l2 than without a defence."
    assert found.sentences == (
        "l2 raises the highest AUC from 0.700 to 0.800 for an attacker who knows of it.",
        "dropout lowers the highest AUC from 0.700 to 0.600 for an attacker who knows of it.",
        "The model still leaks with l2, and without a defence.",
    )


def test_few_members_that_are_found_more_often_are_no_less_a_rise() -> None:
    """A lower AUC does not make up for them."""
    found = defence_verdict(comparison(row("mixed", knows=leakage(0.6, 0.2))))
    assert found.direction == "raises"
    assert "lowers the highest AUC" in found.sentences[0]
    assert "raises the highest TPR at 1 % FPR from 10.0 % to 20.0 %" in found.sentences[0]


def test_the_price_of_a_defence_is_told_beside_what_it_gives() -> None:
    found = defence_verdict(comparison(row("dp_sgd", accuracy=0.6, knows=leakage(0.5, 0.02, "no_leak_found"))))
    assert found.direction == "lowers"
    assert found.headline == "1 of 1 defence lowers what attackers find."
    assert found.sentences[0].endswith("Test accuracy falls from 90.0 % to 60.0 %.")


@pytest.mark.parametrize("auc", [0.67, 0.7, 0.73])
def test_intervals_that_overlap_prove_no_change(auc: float) -> None:
    found = defence_verdict(comparison(row("l2", knows=leakage(auc, 0.1))))
    assert (found.direction, found.headline) == ("unclear", "No defence is shown to change what attackers find.")
    assert found.sentences[0] == "No change is shown for l2: intervals with and without it overlap."


def test_each_attacker_is_compared_alone_and_what_is_not_measured_is_left_out() -> None:
    unmeasured = Leakage(
        attacks={"loss": Leak(auc=Quantity.unresolved(n=0, note="unknown"), tpr_at_fpr={})}, verdict="leaks", folder="x"
    )
    found = defence_verdict(comparison(row("l2", unaware=leakage(0.6, 0.1), knows=unmeasured)))
    assert "for an attacker who does not know of it" in found.sentences[0]
    assert found.sentences[0].count("highest") == 1
