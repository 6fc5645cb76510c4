from dataclasses import replace

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.auditing.unlabelled import set_aside
from miaudit.errors import UserError
from miaudit.splits.base import no_rows
from miaudit.splits.pool import Pool

SPLIT = Pool(models=2, shadows=1, members=0.3, nonmembers=0.3, population=0.2).split(100, 0)


def test_a_share_of_the_population_is_set_aside() -> None:
    apart = set_aside(SPLIT, 0.25, 0)
    assert len(apart.unlabelled) == 5
    npt.assert_array_equal(np.sort(np.concatenate([apart.unlabelled, apart.population])), SPLIT.population)
    npt.assert_array_equal(apart.test, SPLIT.test)
    npt.assert_array_equal(apart.members, SPLIT.members)


def test_without_a_population_the_test_part_gives() -> None:
    apart = set_aside(replace(SPLIT, population=no_rows()), 0.5, 0)
    npt.assert_array_equal(np.sort(np.concatenate([apart.unlabelled, apart.test])), SPLIT.test)
    assert len(apart.unlabelled) == 10


def test_the_draw_follows_from_the_seed() -> None:
    first, again, other = (set_aside(SPLIT, 0.5, seed).unlabelled for seed in (0, 0, 1))
    npt.assert_array_equal(first, again)
    assert first.tolist() != other.tolist()


def test_where_nothing_is_left_the_split_is_to_blame() -> None:
    full = Pool(models=2, shadows=1).split(100, 0)
    with pytest.raises(UserError, match="give it a `population` or a `test` part"):
        set_aside(full, 0.5, 0)
