import numpy as np
import pyarrow as pa
import pytest

from miaudit.auditing.scored_records import ScoredRecords
from miaudit.errors import UserError


def table(member: list[bool | None]) -> pa.Table:
    count = len(member)
    return pa.table(
        {
            "id": np.arange(count),
            "label": np.zeros(count, dtype=np.int64),
            "member": pa.array(member, pa.bool_()),
            "loss": np.arange(count) / 10,
            "loss.member": np.arange(count) > 1,
        }
    )


def test_records_of_unknown_membership_are_in_no_group() -> None:
    records = ScoredRecords.from_table(table([True, None, False]), ("loss",))
    assert records.has_both
    assert {name: mask.tolist() for name, mask in records.groups().items()} == {
        "members": [True, False, False],
        "non-members": [False, False, True],
    }


def test_without_any_truth_all_records_are_one_group() -> None:
    records = ScoredRecords.from_table(table([None, None]), ("loss",))
    assert not records.has_both
    assert records.groups()["all records"].tolist() == [True, True]


def test_members_alone_are_not_enough_for_rates() -> None:
    assert not ScoredRecords.from_table(table([True, True]), ("loss",)).has_both


def test_a_table_without_a_member_column_has_no_truth() -> None:
    records = ScoredRecords.from_table(table([True, False]).drop_columns(["member"]), ("loss",))
    assert not records.known.any()


def test_attacks_without_a_column_are_left_out() -> None:
    records = ScoredRecords.from_table(table([True, False, False]), ("loss", "lira"))
    assert list(records.scores) == ["loss"]
    assert records.called["loss"].tolist() == [False, False, True]
    assert records.loss is None


def test_a_wrong_table_is_the_users_error() -> None:
    with pytest.raises(UserError, match=r"columns id and label.*label missing"):
        ScoredRecords.from_table(pa.table({"id": [1]}), ())
