"""Students in a panel: they follow its records, and are checked against its outputs."""

from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence import Panel

LOGITS = np.arange(12.0).reshape(2, 3, 2)  # of two students on three records
TAUGHT = np.array([[True, False, True], [False, True, False]])


def panel() -> Panel:
    return Panel.of(target=[[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]], labels=[0, 1, 0], member=[True, False, True])


def test_students_follow_the_records() -> None:
    taught = panel().with_students(LOGITS, TAUGHT)
    chosen = taught.select(np.array([2, 0])).hidden()
    assert chosen.students is not None
    np.testing.assert_array_equal(chosen.students.taught, TAUGHT[:, [2, 0]])
    np.testing.assert_array_equal(chosen.students.view.signal("logits"), LOGITS[:, [2, 0]])
    assert [outputs.models for outputs in taught.tables()] == [1, 2]
    assert taught.without_students().students is None
    assert taught.without_references().students is None


def test_every_record_needs_a_student_of_each_kind() -> None:
    assert not panel().has_students
    assert panel().with_students(LOGITS, TAUGHT).has_students
    assert not panel().with_students(LOGITS, np.ones((2, 3), dtype=bool)).has_students
    assert not panel().with_students([], np.zeros((0, 3), dtype=bool)).has_students


@pytest.mark.parametrize(
    ("outputs", "taught", "message"),
    [
        (LOGITS[:, :2], TAUGHT, r"student 0, asked about 3 records: expected logits \(3, 2\), it gave \(2, 2\)"),
        (LOGITS, TAUGHT[:1], r"taught: expected shape \(2, 3\)"),
        (LOGITS, 2 * TAUGHT, "taught: expected 0 and 1 only"),
        (LOGITS * np.nan, TAUGHT, "student 0"),
    ],
)
def test_what_does_not_fit_is_refused(outputs: Any, taught: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        panel().with_students(outputs, taught)


def test_a_target_with_one_number_per_record_has_no_students() -> None:
    losses = Panel.of(target=[0.5, 1.0], kind="loss")
    with pytest.raises(UserError, match="the target gives one loss per record"):
        losses.with_students(np.ones((2, 2)), [[True, False], [False, True]])
