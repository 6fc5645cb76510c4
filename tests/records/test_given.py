import numpy as np
import numpy.testing as npt
import pytest

from miaudit.errors import UserError
from miaudit.records.given import read_given
from miaudit.records.part import read_part
from miaudit.records.reading import Reading

SINGLE = Reading(lambda _: np.float32)
INSIDE, OUTSIDE, OTHERS = ([[1.0], [2.0], [3.0]], [0, 1, 0]), ([[4.0], [5.0]], [1, 2]), ([[6.0], [7.0]], [0, 0])


def test_every_record_keeps_its_kind_its_place_and_its_name() -> None:
    given = read_given(INSIDE, OUTSIDE, OTHERS, reading=SINGLE, seed=0)
    data = given.data
    assert data.x.dtype == np.float32
    for rows, (x, y) in ((given.members, INSIDE), (given.nonmembers, OUTSIDE), (given.population, OTHERS)):
        npt.assert_array_equal(data.x[rows], x)
        npt.assert_array_equal(data.y[rows], y)
        npt.assert_array_equal(data.record_positions[rows], np.arange(len(rows)))
    assert sorted(np.concatenate([given.members, given.nonmembers, given.population])) == list(range(7))
    assert data.record_ids[given.nonmembers].tolist() == ["nonmembers:0", "nonmembers:1"]
    assert (data.classes, given.with_classes(5).data.classes) == (3, 5)


def test_the_order_is_random_and_follows_from_the_seed() -> None:
    orders = [
        read_given(INSIDE, OUTSIDE, OTHERS, reading=SINGLE, seed=seed).data.x.ravel().tolist() for seed in (0, 0, 1)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert orders[0] != sorted(orders[0])


def test_without_a_population_there_are_no_such_rows() -> None:
    assert len(read_given(INSIDE, OUTSIDE, None, reading=SINGLE, seed=0).population) == 0


def test_kinds_of_different_shapes_are_refused() -> None:
    with pytest.raises(UserError, match=r"must have one shape, got .*\(1,\).*\(2,\)"):
        read_given(INSIDE, ([[1.0, 2.0]] * 2, [0, 1]), None, reading=SINGLE, seed=0)


@pytest.mark.parametrize("records", [[0, 1, 1], (None, [0, 1, 1])])
def test_labels_alone_are_read_where_they_suffice(records: object) -> None:
    part = read_part("members", records, Reading(may_lack_x=True))
    assert (part.x.shape, part.y.values.tolist()) == ((3, 0), [0, 1, 1])
    with pytest.raises(UserError, match="only Predictions are audited without"):
        read_part("members", records, Reading())
