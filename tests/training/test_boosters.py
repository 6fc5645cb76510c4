"""Recipes of boosters, whatever the library."""

from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from scipy.sparse import csr_matrix

from miaudit.errors import UserError
from miaudit.features.sparse import Sparse
from miaudit.fingerprint import fingerprint
from miaudit.running.work import Work, do, outputs
from miaudit.splits.base import no_rows
from miaudit.store.local import LocalStore
from miaudit.training.boosters import CODE_VERSION, BoosterRecipe, as_json
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.job import Method
from miaudit.training.lightgbm_recipe import LightgbmRecipe
from miaudit.training.xgboost_recipe import XgboostRecipe
from tiny import blobs, half

DATA = blobs()
RECORDS = Records(DATA.x, DATA.y, 3)
ROWS = half(60, 0)


def xgboost(**params: Any) -> XgboostRecipe:
    pytest.importorskip("xgboost")
    return XgboostRecipe(as_json({"objective": "multi:softprob", "num_class": "3", **params}), 3, "xgboost 3.2.0")


def lightgbm(**params: Any) -> LightgbmRecipe:
    pytest.importorskip("lightgbm")
    given = {"objective": "multiclass", "num_class": 3, "min_data_in_leaf": 5, **params}
    return LightgbmRecipe(as_json(given), 3, "lightgbm 4.7.0")


@pytest.mark.parametrize("make", [xgboost, lightgbm])
def test_the_seed_decides_and_shapes_are_flattened(make: Any) -> None:
    recipe: BoosterRecipe = make(subsample=0.5, bagging_fraction=0.5, bagging_freq=1)
    images = RECORDS._replace(x=DATA.x.reshape(60, 2, 2))
    subsets = [Subset(ROWS, seed, no_rows()) for seed in (1, 1, 2**40 + 5)]
    a, b, c = (model.outputs(images.x).values for model in recipe.train(images, Batch(subsets)))
    npt.assert_array_equal(a, b)
    assert (a != c).any()
    npt.assert_allclose(a.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("make", [xgboost, lightgbm])
def test_outputs_are_stored(make: Any, tmp_path: Any) -> None:
    recipe: BoosterRecipe = make()
    work = Work(Method.of(recipe, DATA).job(ROWS, 3), np.arange(60))
    store = LocalStore(tmp_path)
    assert do(work, RECORDS, store)
    assert not do(work, RECORDS, store)
    (trained,) = recipe.train(RECORDS, Batch([work.job.subset]))
    npt.assert_array_equal(outputs(work, store).values, trained.outputs(DATA.x).values)


def test_the_name_is_library_parameters_and_rounds() -> None:
    recipes = [xgboost(), xgboost(eta="0.5"), XgboostRecipe(xgboost().params, 4, "xgboost 3.2.0"), lightgbm()]
    assert len({fingerprint(recipe) for recipe in recipes}) == 4
    assert xgboost(a="1", b="2") == xgboost(b="2", a="1")
    assert xgboost().code_version((4,), 3) == f"xgboost 3.2.0{CODE_VERSION}"
    assert xgboost().title == "xgboost Booster"
    assert xgboost().description["params"] == {"objective": "multi:softprob", "num_class": "3"}


def test_labels_of_other_classes_than_the_objectives_are_refused() -> None:
    recipe = xgboost(objective="binary:logistic", num_class="0")
    two = Records(DATA.x, DATA.y % 2, 3)
    (trained,) = recipe.train(two, Batch([Subset(ROWS, 0, no_rows())]))
    with pytest.raises(UserError, match="a xgboost Booster for 2 classes was trained on labels of 3"):
        trained.outputs(DATA.x)


@pytest.mark.parametrize("make", [xgboost, lightgbm])
def test_tables_and_sparse_matrices_are_given_as_they_are(make: Any) -> None:
    recipe: BoosterRecipe = make()
    sparse = Sparse.of("x", csr_matrix(DATA.x), np.float64)
    (plain,) = recipe.train(RECORDS, Batch([Subset(ROWS, 1, no_rows())]))
    (given,) = recipe.train(RECORDS._replace(x=sparse), Batch([Subset(ROWS, 1, no_rows())]))
    npt.assert_allclose(given.outputs(sparse).values, plain.outputs(DATA.x).values, atol=1e-6)
