"""Requests to audit a model at hand."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from sklearn.linear_model import LogisticRegression

from miaudit.auditing.chosen import wanted_of
from miaudit.auditing.from_model import GivenRecords, PoolSize, request_for
from miaudit.auditing.planning import plan_of
from miaudit.auditing.preview import preview
from miaudit.auditing.request import Request
from miaudit.errors import UserError
from miaudit.store.places import open_store
from miaudit.targets.predictions import Predictions
from miaudit.training.estimators import EstimatorRecipe
from tiny import blobs, recipe

DATA = blobs()
INSIDE, OUTSIDE = (DATA.x[:30], DATA.y[:30]), (DATA.x[30:50], DATA.y[30:50])
FITTED = LogisticRegression().fit(*INSIDE)
P = FITTED.predict_proba(DATA.x[:50])


def request(model: Any, how: Any = None, population: Any = None, inside: Any = INSIDE) -> Request:
    records = GivenRecords(inside, OUTSIDE, population)
    return request_for(model, records, wanted_of(["loss"], 0.1, 3), how, PoolSize(6, 2), "cpu")


def test_the_split_is_the_users_own_and_the_pool_is_over_it() -> None:
    asked = request(FITTED, population=(DATA.x[50:], DATA.y[50:]))
    split = asked.splitter.split(len(asked.data), 3)
    npt.assert_array_equal(asked.data.x[split.members], INSIDE[0])
    npt.assert_array_equal(asked.data.y[split.nonmembers], OUTSIDE[1])
    npt.assert_array_equal(asked.data.x[split.population], DATA.x[50:])
    assert (asked.pool, len(split.training), len(split.shadows)) == (6, 6, 2)
    assert set(np.concatenate(split.training)) <= set(split.audited)
    smaller = asked.with_pool_of(4)
    assert (smaller.pool, len(smaller.splitter.split(len(asked.data), 3).training)) == (4, 4)


def test_who_says_how_reference_models_are_trained() -> None:
    guessed, given, unknown = request(FITTED), request(FITTED, recipe()), request(Predictions(P[:30], P[30:]))
    assert guessed.recipes is not None
    assert guessed.recipes.target == EstimatorRecipe.of(FITTED)
    assert guessed.origin.words == "with the classifier's own parameters"
    assert (guessed.origin.given, given.origin.given) == (False, True)
    assert (unknown.recipes, unknown.pool) == (None, None)
    with pytest.raises(ValueError, match="no pool"):
        unknown.with_pool_of(4)
    assert plan_of(unknown).works == ()
    assert plan_of(given).target is given.target


def test_an_order_of_labels_that_is_taken_for_granted_reaches_plan_and_preview(tmp_path: Path) -> None:
    names = np.array(["dog", "cat", "owl"])
    records = GivenRecords((INSIDE[0], names[INSIDE[1]]), (OUTSIDE[0], names[OUTSIDE[1]]))
    wanted, size = wanted_of(["loss"], 0.1, 3), PoolSize(6, 2)
    asked = request_for(FITTED.predict_proba, records, wanted, None, size, surrogates="never")
    (sentence,) = plan_of(asked).read_as
    assert sentence.endswith("does not name are taken in the sorted order of the labels (cat, dog, owl).")
    assert preview(asked, open_store(tmp_path)).read_as == (sentence,)
    named = LogisticRegression().fit(INSIDE[0], names[INSIDE[1]])
    assert request_for(named, records, wanted, None, size).read_as == request(FITTED.predict_proba).read_as == ()


def test_records_have_the_precision_that_the_model_wants() -> None:
    assert request(FITTED).data.x.dtype == np.float64
    assert request(FITTED, recipe()).data.x.dtype == np.float32  # networks are trained on the same records


def test_records_that_no_model_can_read_are_refused_before_anything_else() -> None:
    with pytest.raises(UserError, match="members: expected a pair"):
        request(FITTED, inside=INSIDE[1])
