import numpy as np
import pytest

from miaudit.evidence import Outputs, Panel, View


@pytest.mark.parametrize(
    ("in_reference", "expected"),
    [
        ([[True, False], [False, True]], True),
        ([[True, False], [True, True]], False),  # both references were trained on the first record
        ([[False, False]], True),
    ],
)
def test_outsiders_are_references_that_were_not_trained_on_a_record(
    in_reference: list[list[bool]], expected: bool
) -> None:
    labels, values = np.array([0, 1]), np.zeros((2, 3))
    target = View.whole(Outputs(labels, (values,), "logits"))
    references = View.whole(Outputs(labels, (values,) * len(in_reference), "logits"))
    assert Panel(target, references, np.array(in_reference)).has_outsiders == expected
    assert not Panel(target, None, np.zeros((0, 2), dtype=bool)).has_outsiders
