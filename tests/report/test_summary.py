import pytest

from miaudit.metrics.quantity import Quantity
from miaudit.metrics.ties import FirstCut
from miaudit.presenter import quantity, rate
from miaudit.report.summary import accuracy_gap, attackers, facts_of_target, headline_numbers, selection
from report_example import Example


def test_key_numbers_name_the_attack_behind_them() -> None:
    auc, tpr, epsilon = headline_numbers(Example(members=500, nonmembers=500).result())
    assert "lira" in auc.explained
    assert tpr.title == "Members found at 1 % false alarms"
    assert epsilon.cell.value == "≥ 1.21"
    assert "At 95 % confidence for this attack alone" in epsilon.explained


def test_the_corrected_bound_stands_beside_that_of_the_attack_alone() -> None:
    result = Example(members=500, nonmembers=500, corrected=True).result()
    high = Quantity(value=3.0, low=2.0, high=4.0, n=500)
    found = tuple(
        each.model_copy(update={"epsilon": high}) if each.name == "lira" else each for each in result.findings
    )
    alone = result.attacks["lira"].model_copy(update={"epsilon": high.model_copy(update={"low": 2.38})})
    changes = {"findings": found, "attacks": {**result.attacks, "lira": alone}}
    epsilon = headline_numbers(result.model_copy(update=changes))[-1]
    assert epsilon.cell.value == "≥ 2.00"
    assert "for all attacks together (lira alone: ≥ 2.38); a bound of 0" in epsilon.explained


def test_the_confidence_of_each_number_follows_from_that_of_all_together() -> None:
    """0.05 over 6 attacks and 3 numbers each is 0.28 %."""
    result = Example(members=500, nonmembers=500, corrected=True).result()
    each = 1 - 0.05 / 18
    found = tuple(
        one.model_copy(update={"auc": one.auc.model_copy(update={"confidence": each})}) for one in result.findings
    )
    words = selection(result.model_copy(update={"findings": found}))
    assert "95 % for all 6 attacks and 3 numbers each together, which is 99.72 % for each one." in words


def test_a_range_for_all_attacks_has_that_of_the_attack_alone_beside_it() -> None:
    result = Example(members=500, nonmembers=500, corrected=True).result()
    auc, tpr, _ = headline_numbers(result)
    for key, alone in ((auc, result.attacks["lira"].auc), (tpr, result.attacks["lira"].tpr_at_fpr["0.01"])):
        printed = (quantity if key is auc else rate)(alone)
        assert f"For all attacks together (lira alone: {printed.interval})." in key.explained
    single = result.model_copy(update={"attacks": {"lira": result.attacks["lira"]}, "findings": result.findings[:1]})
    assert not any("alone" in key.explained for key in headline_numbers(single)[:2])


def test_the_highest_rate_may_be_of_another_attack() -> None:
    result = Example(members=500, nonmembers=500).result()
    high = Quantity(value=0.99, low=0.98, high=1, n=500)
    kde = result.attacks["kde"].model_copy(update={"tpr_at_fpr": {"0.01": high}})
    _, tpr, _ = headline_numbers(result.model_copy(update={"attacks": {**result.attacks, "kde": kde}}))
    assert "By kde." in tpr.explained


def test_of_equally_sure_rates_the_highest_is_the_key_number() -> None:
    """Few non-members: every corrected lower end is 0, and the first attack in the alphabet finds nothing."""
    result = Example(members=500, nonmembers=500).result()
    rates = {name: Quantity(value=value, low=0, high=0.3, n=500) for name, value in (("kde", 0.0), ("lira", 0.15))}
    attacks = {name: result.attacks[name].model_copy(update={"tpr_at_fpr": {"0.01": q}}) for name, q in rates.items()}
    _, tpr, _ = headline_numbers(result.model_copy(update={"attacks": attacks, "findings": ()}))
    assert "By lira." in tpr.explained


@pytest.mark.parametrize(("shown", "told"), [(0.0, True), (0.3, False)])
def test_ties_are_told_beside_the_key_number_where_they_hide_more_than_it(shown: float, told: bool) -> None:
    result = Example(members=500, nonmembers=500).result()
    kde = result.attacks["kde"].model_copy(
        update={
            "tpr_at_fpr": {"0.01": Quantity(value=0, low=0, high=0.01, n=500)},
            "first_cut": FirstCut(fpr=0.1, tpr=0.8),
            "randomised_tpr_at_fpr": {"0.01": Quantity(value=0.08, low=0.07, high=0.09, n=500)},
        }
    )
    found = Quantity(value=shown, low=shown, high=shown + 0.01, n=500)
    lira = result.attacks["lira"].model_copy(update={"tpr_at_fpr": {"0.01": found}, "first_cut": None})
    _, tpr, _ = headline_numbers(result.model_copy(update={"attacks": {"kde": kde, "lira": lira}, "findings": ()}))
    assert ("kde has ties: the first cut finds 80.0" in tpr.explained) == told


def test_what_was_not_measured_has_no_card() -> None:
    unknown = Example(members=50, nonmembers=50, truth=False).result()
    assert headline_numbers(unknown) == ()
    few = Example(members=50, nonmembers=50).result()
    assert [key.title for key in headline_numbers(few)] == ["Highest AUC", "Privacy loss ε"]
    blank = Quantity.unresolved(0, "not given")
    target = few.target.model_copy(update={"train_accuracy": blank, "test_accuracy": blank})
    assert [key.title for key in facts_of_target(target, 100)] == ["Audited records"]
    (train, *_) = facts_of_target(few.target.model_copy(update={"test_accuracy": blank}), 100)
    assert (train.title, train.cell.value) == ("Accuracy, training", "99.2 %")


def test_the_records_of_an_audit_without_truth_are_counted_in_the_table() -> None:
    target = Example(members=50, nonmembers=50, truth=False).result().target
    records = facts_of_target(target, 1234)[-1]
    assert (records.cell.value, records.explained) == ("1,234", "It is not known which are members · 10 classes")


def test_no_attack_has_no_key_number() -> None:
    assert headline_numbers(Example(members=5, nonmembers=5, strengths={}).result()) == ()


def test_attacks_of_one_kind_that_know_the_same_stand_together() -> None:
    found = attackers(Example(members=9, nonmembers=9).result())
    assert {each.title: [assumption.attacks for assumption in each.assumptions] for each in found} == {
        "Only queries the model": [("loss",)],
        "Knows some records": [("kde",)],
        "Trains reference models": [("calibrated", "calibrated[signal=confidence]", "lira")],
        "Trains shadow models": [("two_stage",)],
    }


def test_attackers_of_earlier_results_have_no_title() -> None:
    result = Example(members=9, nonmembers=9, strengths={"loss": 1.0, "kde": 1.0}).result()
    attacks = {name: attack.model_copy(update={"means": None}) for name, attack in result.attacks.items()}
    (found,) = attackers(result.model_copy(update={"attacks": attacks}))
    assert (found.title, len(found.assumptions)) == ("", 2)


@pytest.mark.parametrize(
    ("train", "test", "words"),
    [
        ((0.99, 0.98, 1.0), (0.92, 0.90, 0.94), "7.0 points apart: the wider this gap, the easier the attacks."),
        ((0.908, 0.90, 0.92), (0.905, 0.89, 0.92), "The intervals overlap, so no gap is shown."),
        ((0.90, 0.89, 0.91), (0.95, 0.94, 0.96), "Test accuracy is higher than training accuracy."),
    ],
)
def test_a_gap_is_told_only_where_there_is_one(
    train: tuple[float, float, float], test: tuple[float, float, float], words: str
) -> None:
    first, second = (Quantity(value=value, low=low, high=high, n=500) for value, low, high in (train, test))
    target = Example(members=9, nonmembers=9, strengths={}).result().target
    told = accuracy_gap(target.model_copy(update={"train_accuracy": first, "test_accuracy": second}))
    assert told.startswith(words)
    assert ("easier" in told) == (train[1] > test[2])


def test_classes_are_named_where_the_table_of_predictions_names_them() -> None:
    target = Example(members=50, nonmembers=50).result().target.model_copy(update={"class_names": ("cat", "dog")})
    assert facts_of_target(target, 100)[-1].explained.endswith("10 classes: cat, dog")
