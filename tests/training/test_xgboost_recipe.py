from typing import Any

import numpy.testing as npt
import pytest

from miaudit.training.xgboost_recipe import XgboostRecipe
from tiny import blobs

xgboost = pytest.importorskip("xgboost")

DATA = blobs(n=120)
TWO = blobs(n=120, classes=2)


@pytest.mark.parametrize(
    ("params", "data"),
    [
        ({"objective": "binary:logistic", "max_depth": 3, "subsample": 0.8, "lambda": 2, "scale_pos_weight": 2}, TWO),
        ({"objective": "multi:softprob", "colsample_bytree": 0.5, "num_parallel_tree": 2, "base_score": 0.3}, DATA),
        ({"objective": "multi:softmax", "booster": "dart", "rate_drop": 0.3, "one_drop": 1}, DATA),
        ({"objective": "binary:hinge", "monotone_constraints": "(1,0,0,0)", "max_leaves": 3}, TWO),
        ({"objective": "binary:logistic", "tree_method": "exact", "updater": "grow_colmaker", "gamma": 0.1}, TWO),
    ],
)
def test_a_booster_trained_by_its_recipe_is_the_same_to_the_last_bit(params: Any, data: Any) -> None:
    classes = {"num_class": 3} if data is DATA else {}
    given = {**params, **classes, "seed": 7, "nthread": 1, "verbosity": 0}
    native = xgboost.train(given, xgboost.DMatrix(data.x, label=data.y), 6)
    again = XgboostRecipe.of(native).fit(data.x, data.y, 7)
    npt.assert_array_equal(*(each.predict(xgboost.DMatrix(data.x), output_margin=True) for each in (native, again)))


def test_neither_seed_nor_threads_are_part_of_the_recipe() -> None:
    made = [
        xgboost.train({"nthread": n, "seed": n, "objective": "binary:logistic"}, xgboost.DMatrix(TWO.x, label=TWO.y), 2)
        for n in (1, 2)
    ]
    assert XgboostRecipe.of(made[0]) == XgboostRecipe.of(made[1])


def test_another_depth_changes_nothing_else() -> None:
    native = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(TWO.x, label=TWO.y), 2)
    recipe = XgboostRecipe.of(native)
    assert recipe.depth == 6
    assert recipe.with_depth(3).settings == {**recipe.settings, "max_depth": "3"}
    assert recipe.with_depth(0).depth is None
