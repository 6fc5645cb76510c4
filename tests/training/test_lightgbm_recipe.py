from typing import Any

import numpy as np
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


def codes(n: int = 1000) -> tuple[Any, Any]:
    """A column of five codes, of which the odd ones are of class 1, and one of noise."""
    rng = np.random.default_rng(0)
    x = np.stack([rng.integers(5, size=n), rng.normal(size=n)], axis=1)
    return x, (x[:, 0] % 2).astype(np.int64)


@pytest.mark.parametrize("as_frame", [False, True])
def test_categorical_columns_stay_categorical(as_frame: bool) -> None:
    """A warning, which is an error here, says where LightGBM ignores them."""
    x, y = codes()
    if as_frame:
        pd = pytest.importorskip("pandas")
        x = pd.DataFrame({"code": pd.Categorical(x[:, 0].astype(str)), "noise": x[:, 1]})
    given = {"objective": "binary", "seed": 7, "num_threads": 1, "verbosity": -1, "force_col_wise": True}
    native = lightgbm.train(given, lightgbm.Dataset(x, label=y, categorical_feature=[0]), 3)
    again = LightgbmRecipe.of(native).fit(x, y, 7)
    npt.assert_array_equal(*(each.predict(x, raw_score=True) for each in (native, again)))
    assert "==" in again.trees_to_dataframe()["decision_type"].tolist()  # a split by codes, not by their order


def test_neither_seed_nor_threads_are_part_of_the_recipe() -> None:
    made = [
        lightgbm.train(
            {"num_threads": n, "seed": n, "objective": "binary", "verbosity": -1}, lightgbm.Dataset(TWO.x, TWO.y), 2
        )
        for n in (1, 2)
    ]
    assert LightgbmRecipe.of(made[0]) == LightgbmRecipe.of(made[1])
