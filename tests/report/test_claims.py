from typing import Any

import numpy as np
import pytest

from miaudit.attacks.base import Means
from miaudit.auditing.result import Decision
from miaudit.decisions.naming import NamedNow
from miaudit.metrics.quantity import Quantity
from miaudit.report import claims
from report_example import Example

SOME = Quantity(value=0.1234, low=0.1, high=0.15, n=500)


def test_confusion_shares_are_within_the_truth() -> None:
    matrix = claims.Matrix("", tp=30, fp=5, tn=95, fn=70)
    assert (matrix.recall, matrix.false_alarms) == (0.3, 0.05)


def test_no_claim_has_no_precision() -> None:
    result = Example(members=30, nonmembers=30, strengths={"loss": 1.0}).result()
    silent = Decision(rule="", cut=9.0, tp=0, fp=0, tn=30, fn=30, recall=SOME, precision=None)
    loss = result.attacks["loss"].model_copy(update={"decision": silent})
    (row,) = claims.cut_rows(result.model_copy(update={"attacks": {"loss": loss}}))
    assert row.precision.note == "no record is called a member"


def test_without_truth_there_is_no_matrix() -> None:
    row = claims.cut_rows(Example(members=30, nonmembers=30, truth=False).result())[0]
    assert row.matrices == ()


def test_attacks_without_a_cut_stand_together_under_their_reason() -> None:
    result = Example(members=30, nonmembers=30, strengths={"loss": 1.0, "gap": 0.5, "kde": 0.7}).result()
    none = Decision(rule="none: there is nothing to choose a cut on", cut=None)
    cutless = {name: result.attacks[name].model_copy(update={"decision": none}) for name in ("loss", "gap")}
    mixed = result.model_copy(update={"attacks": {**result.attacks, **cutless}})
    assert [row.name for row in claims.cut_rows(mixed)] == ["kde"]
    assert claims.cutless(mixed) == {"There is nothing to choose a cut on": ("loss", "gap")}
    assert claims.cutless(result) == {}


def test_the_range_of_the_first_screen_stands_beside_that_of_the_attack_that_names() -> None:
    result = Example(members=30, nonmembers=30, strengths={"loss": 1.0, "lira": 2.0}).result()
    named = NamedNow("lira", 10, 9, SOME, own_cut=True, named=np.zeros(60, dtype=bool))
    lira, loss = sorted(claims.cut_rows(result, named), key=lambda row: row.name)
    assert (lira.all_together, loss.all_together) == ("10 to 15", "")
    at_best = named._replace(own_cut=False)
    assert claims.cut_rows(result, at_best) == claims.cut_rows(result)


def test_means_over_trials_become_counts() -> None:
    learned: dict[str, Any] = {"confusion_sample": {"tp": 1.6, "fp": 2.0, "tn": 3.2, "fn": 4.0}}
    (matrix,) = claims.learned_matrices(learned)
    assert matrix[1:] == (2, 2, 3, 4)


@pytest.mark.parametrize(("means", "is_borrowed"), [("queries", True), ("records", True), ("references", False)])
def test_a_cut_from_shadows_is_borrowed_where_the_attacker_trains_no_models(means: Means, is_borrowed: bool) -> None:
    result = Example(members=60, nonmembers=60, strengths={"lira": 1.0}).result()
    attack = result.attacks["lira"]

    def row(rule: str) -> claims.DecisionRow:
        decision = attack.decision.model_copy(update={"rule": rule})
        decided = attack.model_copy(update={"means": means, "decision": decision})
        return claims.cut_rows(result.model_copy(update={"attacks": {"lira": decided}}))[0]

    assert row("best balanced accuracy on shadow models").borrowed.startswith("This cut is borrowed") == is_borrowed
    assert row("best balanced accuracy on records with known membership").borrowed == ""
