"""The surrogates that are tried."""

import numpy as np
import pytest

from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp
from miaudit.splits.base import no_rows
from miaudit.surrogates.candidates import candidates
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.recipe import Recipe
from tiny import blobs

DATA = blobs()


def test_every_classifier_can_be_trained_where_values_are_missing() -> None:
    x = DATA.x.copy()
    x[0, 0] = np.nan
    for candidate in candidates(x, None):
        if "300 rounds" in candidate.words or "80 epochs" in candidate.words:
            continue  # more of the same
        (model,) = candidate.recipe.train(
            Records(x, DATA.y, DATA.classes), Batch([Subset(np.arange(40), 0, no_rows())])
        )
        assert model.outputs(x).values.shape == (60, 3)


def test_they_are_named_apart() -> None:
    found = candidates(DATA.x, None)
    assert len({candidate.words for candidate in found}) == len({candidate.recipe for candidate in found}) == len(found)


@pytest.mark.parametrize(("shape", "augmented"), [((10, 4), 0), ((10, 3, 16, 16), 3)])
def test_networks_keep_their_architecture(shape: tuple[int, ...], augmented: int) -> None:
    own = Recipe(model=Lenet5() if len(shape) == 4 else Mlp(hidden=(8,)), weight_decay=0.1)
    found = [candidate.recipe for candidate in candidates(np.zeros(shape), own)]
    assert all(isinstance(each, Recipe) and each.model == own.model and each.weight_decay == 0.1 for each in found)
    assert sum(isinstance(each, Recipe) and each.augments for each in found) == augmented
    assert len(found) == 6 + augmented


def test_records_that_no_numbers_tell_have_none() -> None:
    assert candidates(["a text"], None) == ()
