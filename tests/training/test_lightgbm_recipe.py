from typing import Any

import numpy.testing as npt
import pytest

from miaudit.training.lightgbm_recipe import LightgbmRecipe
from tiny import blobs

lightgbm = pytest.importorskip("lightgbm")

DATA = blobs(n=120)
TWO = blobs(n=120, classes=2)


@pytest.mark.parametrize(
    ("params", "data"),
    [
        ({"objective": "binary", "max_depth": 3, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 2.0}, TWO),
        ({"application": "softmax", "num_classes": 3, "feature_fraction": 0.5}, DATA),
        ({"objective": "ova", "num_class": 3, "boosting": "dart", "drop_rate": 0.5}, DATA),
        ({"objective": "binary", "boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}, TWO),
        ({"objective": "xentropy", "extra_trees": True}, TWO),
    ],
)
def test_a_booster_trained_by_its_recipe_is_the_same_to_the_last_bit(params: Any, data: Any) -> None:
    given = {**params, "seed": 7, "num_threads": 1, "verbosity": -1, "force_col_wise": True}
    native = lightgbm.train(given, lightgbm.Dataset(data.x, label=data.y), 6)
    again = LightgbmRecipe.of(native).fit(data.x, data.y, 7)
    npt.assert_array_equal(*(each.predict(data.x, raw_score=True) for each in (native, again)))


def test_neither_seed_nor_threads_are_part_of_the_recipe() -> None:
    made = [
        lightgbm.train(
            {"num_threads": n, "seed": n, "objective": "binary", "verbosity": -1}, lightgbm.Dataset(TWO.x, TWO.y), 2
        )
        for n in (1, 2)
    ]
    assert LightgbmRecipe.of(made[0]) == LightgbmRecipe.of(made[1])
