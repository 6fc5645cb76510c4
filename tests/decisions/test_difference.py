import numpy as np
import pytest

from decisions.pairs import saved, scores_of
from miaudit.decisions.difference import difference
from miaudit.errors import UserError

FIRST = saved("A", {"loss": scores_of(0.8, 0)})
SECOND = saved("B", {"loss": scores_of(0.3, 1)})


@pytest.mark.parametrize("fpr", [None, 0.01])
def test_the_difference_is_that_of_the_two_results(fpr: float | None) -> None:
    one, other = (
        audit.result.attacks["loss"].auc if fpr is None else audit.result.attacks["loss"].tpr_at_fpr["0.01"]
        for audit in (FIRST, SECOND)
    )
    assert one.value is not None
    assert other.value is not None
    assert difference(FIRST, SECOND, "loss", fpr).value == pytest.approx(other.value - one.value)


def test_it_turns_around_with_its_sides() -> None:
    there, back = difference(FIRST, SECOND, "loss"), difference(SECOND, FIRST, "loss")
    assert there.high is not None
    assert there.high < 0
    assert back.low == pytest.approx(-there.high)


def test_shared_records_narrow_the_interval() -> None:
    elsewhere = saved("B", {"loss": scores_of(0.3, 1)}, id=np.arange(800) + 1000)
    paired, unpaired = difference(FIRST, SECOND, "loss"), difference(FIRST, elsewhere, "loss")
    assert paired.value == unpaired.value
    assert (paired.high or 0) - (paired.low or 0) < 0.6 * ((unpaired.high or 0) - (unpaired.low or 0))


def test_an_attack_that_one_did_not_run_is_named() -> None:
    with pytest.raises(UserError, match="A has no attack 'lira'; it ran loss"):
        difference(FIRST, SECOND, "lira")
