from dataclasses import replace

import numpy as np

from miaudit.auditing.result import Release
from miaudit.decisions.naming import NamedNow
from miaudit.metrics.quantity import Quantity
from miaudit.report.which_cut import which_cuts
from report_example import Example

EXAMPLE = Example(members=400, nonmembers=400, strengths={"lira": 1.5, "two_stage": 1.0})
RESULT = EXAMPLE.result()
SURE = Quantity(value=0.9, low=0.8, high=1.0, n=10)


def named(own_cut: bool) -> NamedNow:
    return NamedNow("two_stage", 12, 11, SURE, own_cut=own_cut, named=np.zeros(800, dtype=bool))


def test_every_kind_of_cut_has_the_count_of_this_audit() -> None:
    low, own, page, best = which_cuts(RESULT, named(own_cut=True))
    rate = RESULT.attacks["lira"].tpr_at_fpr["0.01"].value
    assert rate is not None
    assert low.found == f"There, lira finds {round(400 * rate)} of 400 members."
    claimed = RESULT.attacks["lira"].decision
    assert own.found.startswith(
        f"At its own, lira calls {(claimed.tp or 0) + (claimed.fp or 0)} records members: {claimed.tp} are, "
    )
    assert "At its own, two_stage calls" in own.found
    assert (page.name, best.name) == ("The cut of this page", "The best cut")


def test_a_claim_without_an_error_says_so() -> None:
    attack = RESULT.attacks["lira"]
    right = attack.model_copy(update={"decision": attack.decision.model_copy(update={"tp": 7, "fp": 0})})
    result = RESULT.model_copy(update={"attacks": {"lira": right}})
    own = which_cuts(result, None)[1]
    assert own.found == "At its own, lira calls 7 records members, and is right about all of them."


def test_names_at_no_attacks_own_cut_have_a_cut_of_their_own() -> None:
    cut = which_cuts(RESULT, named(own_cut=False))[2]
    assert cut.name == "The 98 % cut"
    assert cut.found == "At that of two_stage lie 12 records, 11 of them members."


def test_a_released_page_has_no_counts_and_no_slider() -> None:
    released = RESULT.model_copy(update={"release": Release(least=10, removed=(), roc={})})
    cuts = which_cuts(released, None)
    assert [cut.name for cut in cuts] == ["The 1 % cut", "An attack’s own cut", "The best cut"]
    assert not any(cut.found for cut in cuts)


def test_without_truth_or_rates_there_is_nothing_to_explain() -> None:
    assert which_cuts(replace(EXAMPLE, truth=False).result(), None) == ()
    few = which_cuts(replace(EXAMPLE, members=50, nonmembers=50).result(), None)
    assert "The 1 % cut" not in [cut.name for cut in few]
