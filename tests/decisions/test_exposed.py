"""Tests of the records that can be named."""

from dataclasses import replace

import numpy as np
import pytest

from decisions_examples import EXAMPLE, graded, saved, texts
from miaudit.decisions.exposed import best_naming, exposed, known_records
from miaudit.errors import UserError
from miaudit.metrics.named import named


def test_members_above_all_others_are_named_in_the_order_of_their_scores() -> None:
    found = exposed(saved(lira=graded(), id=texts(600)), alpha=0.9)
    assert found.attack == "lira"
    assert found.number is not None
    assert found.number.value == len(found)
    assert 300 <= len(found) <= 333  # 300 of 333 are 90 %
    assert [record.id for record in found][:2] == ["PAT-299", "PAT-298"]
    assert [record.rank for record in found][:3] == [1, 2, 3]
    assert sum(record.member for record in found) == 300
    assert str(found).startswith(
        f"At a cut that is set by the truth, lira names {len(found)} records at a precision of 90 %"
    )
    assert found.to_arrow().column_names == ["rank", "id", "label", "class_name", "member", "score"]


def test_intervals_are_corrected_for_the_number_of_attacks() -> None:
    records = known_records(saved())
    naming = best_naming(records, 0.9)
    assert naming is not None
    alone = named(records.scores[naming.attack], records.member, 0.9, 0.975)
    assert naming.found == alone
    assert naming.named.sum() == alone.number.value


def test_nobody_is_named_without_a_leak() -> None:
    found = exposed(saved(replace(EXAMPLE, level="no_leak_found")))
    assert not len(found)
    assert found.number is None
    assert "mere chance" in str(found)


def test_nobody_is_named_where_the_highest_score_is_no_members() -> None:
    wrong = np.r_[np.zeros(300), np.ones(300)]
    found = exposed(saved(lira=wrong, loss=wrong))
    assert (len(found), found.precision) == (0, None)
    assert str(found) == "No attack names any record at a precision of 98 %."


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, 98.0])
def test_a_precision_lies_between_0_and_1(alpha: float) -> None:
    with pytest.raises(UserError, match="expected a precision between 0 and 1"):
        exposed(saved(), alpha)


def test_a_truth_that_is_not_known_is_missed() -> None:
    with pytest.raises(UserError, match="does not say for every record whether it is a member"):
        exposed(saved(replace(EXAMPLE, truth=False)))
