from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from miaudit.models.mlp import Mlp
from miaudit.running.units import STACK, samples, units
from miaudit.running.work import Work
from miaudit.training.estimators import EstimatorRecipe
from tiny import blobs, recipe, works

DATA = blobs()
PLAIN = recipe(model=Mlp(hidden=(8,), dropout=0.1))


def lengths(all_works: tuple[Work, ...], processes: int) -> list[int]:
    return [len(unit) for unit in units(all_works, processes)]


@pytest.mark.parametrize(
    ("count", "processes", "expected"),
    [
        (1, 2, [1]),
        (3, 4, [1, 1, 1]),
        (6, 2, [3, 3]),
        (16, 2, [4, 4, 4, 4]),
        (32, 2, [4] * 8),
        (33, 2, [5, *[4] * 7]),  # the demo: a kill loses no more than ten of its models
        (40, 1, [10, 10, 10, 10]),
        (128, 2, [16] * 8),
        (129, 2, [*[13] * 9, 12]),
    ],
)
def test_stacks_keep_all_processes_busy_and_are_not_too_large(count: int, processes: int, expected: list[int]) -> None:
    found = lengths(works(DATA, recipe(), count), processes)
    assert sorted(found, reverse=True) == expected
    assert max(found) <= STACK


def test_what_is_not_stacked_comes_one_by_one() -> None:
    assert lengths(works(DATA, PLAIN, 5), 2) == [1] * 5


def test_a_unit_has_one_recipe_and_nothing_is_lost() -> None:
    all_works = (*works(DATA, recipe(), 5), *works(DATA, recipe(epochs=3), 4), *works(DATA, PLAIN, 2))
    found = units(all_works, 1)
    assert [len({work.job.recipe for work in unit}) for unit in found] == [1] * len(found)
    assert sorted(work.key for unit in found for work in unit) == sorted(work.key for work in all_works)


def test_the_longest_come_first() -> None:
    all_works = tuple(
        replace(work, job=replace(work.job, rows=np.arange(5 + i))) for i, work in enumerate(works(DATA, PLAIN, 4))
    )
    found = units(all_works, 2)
    assert [samples(work) for (work,) in found] == [16, 14, 12, 10]


def test_estimators_come_one_by_one_and_have_no_samples() -> None:
    all_works = works(DATA, EstimatorRecipe.of(LogisticRegression()), 3)
    assert lengths(all_works, 1) == [1, 1, 1]
    assert samples(all_works[0]) == 0
