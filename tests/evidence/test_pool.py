import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence import Pool

RNG = np.random.default_rng(0)
OUTPUTS = RNG.normal(size=(4, 3, 2))
LABELS = np.array([0, 1, 1])
INSIDE = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)  # models 0 and 1 are twins, 2 and 3 too


def test_a_model_stands_in_for_the_target() -> None:
    panel = Pool.of(OUTPUTS, LABELS, INSIDE).stand_in(2)
    np.testing.assert_array_equal(panel.target("logits"), OUTPUTS[2])
    np.testing.assert_array_equal(panel.references("logits"), OUTPUTS[[0, 1]])  # without its twin
    np.testing.assert_array_equal(panel.in_reference, INSIDE[[0, 1]])
    np.testing.assert_array_equal(panel.member, INSIDE[2])
    np.testing.assert_array_equal(panel.ids, [0, 1, 2])


def test_references_and_records_can_be_chosen() -> None:
    panel = Pool.of(OUTPUTS, LABELS, INSIDE, ids=[30, 10, 20]).stand_in(0, np.array([3, 2]), np.array([20, 30]))
    np.testing.assert_array_equal(panel.target("logits"), OUTPUTS[0][[2, 0]])
    np.testing.assert_array_equal(panel.references("logits"), OUTPUTS[[3, 2]][:, [2, 0]])
    np.testing.assert_array_equal(panel.in_reference, INSIDE[[3, 2]][:, [2, 0]])
    assert panel.labels.tolist() == [1, 0]


def test_panels_share_one_table() -> None:
    pool = Pool.of(list(OUTPUTS), LABELS, INSIDE)
    tables = {id(table) for m in range(4) for table in pool.stand_in(m).tables()}
    assert tables == {id(pool.view.outputs)}


def test_mistakes_are_named() -> None:
    with pytest.raises(UserError, match="expected the outputs of one or more models, got none"):
        Pool.of([], LABELS, INSIDE)
    with pytest.raises(UserError, match=r"model 1, .*: expected logits \(3, 2\), it gave \(3, 3\)"):
        Pool.of([OUTPUTS[0], np.ones((3, 3))], LABELS, INSIDE[:2])
    with pytest.raises(UserError, match=r"in_training: expected shape \(4, 3\)"):
        Pool.of(OUTPUTS, LABELS, INSIDE[:3])
    with pytest.raises(UserError, match="labels: expected classes 0 to 1"):
        Pool.of(OUTPUTS, [0, 1, 2], INSIDE)
