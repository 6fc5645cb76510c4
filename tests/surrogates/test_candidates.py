"""The surrogates that are tried."""

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from miaudit.features.several import Several
from miaudit.features.sparse import Sparse
from miaudit.features.table import Table
from miaudit.features.texts import Texts
from miaudit.models.lenet5 import Lenet5
from miaudit.models.mlp import Mlp
from miaudit.splits.base import no_rows
from miaudit.surrogates.candidates import candidates
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.recipe import Recipe
from tiny import blobs

DATA = blobs()
SUBSET = Subset(np.arange(40), 0, no_rows())


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


WORDS = (["a cheap and good thing", "bad and dear", "neither good nor bad"] * 20)[:60]
FRAME = pd.DataFrame({"n": DATA.x[:, 0], "kind": [word.split()[0] for word in WORDS]})


@pytest.mark.parametrize(
    ("x", "count"),
    [
        (Texts.of("records", WORDS, np.float64), 8),
        (Table.of("records", FRAME, np.float64), 11),
        (Table.of("records", pl.from_pandas(FRAME), np.float64), 11),
        (Table.of("records", pa.Table.from_pandas(FRAME), np.float64), 11),
        (Sparse.of("records", csr_array(DATA.x), np.float64), 8),
    ],
)
def test_texts_tables_and_sparse_matrices(x: Any, count: int) -> None:
    found = candidates(x, None)
    assert len(found) == count
    for candidate in found[::3]:
        (model,) = candidate.recipe.train(Records(x, DATA.y, DATA.classes), Batch([SUBSET]))
        assert model.outputs(x).values.shape == (60, 3)


def test_other_records_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    several = Several.of("records", {"a": DATA.x, "b": DATA.x}, np.float64)
    assert candidates(several, None) == ()
    monkeypatch.setattr("miaudit.surrogates.candidates.find_spec", lambda _: None)  # without pandas
    assert candidates(Table.of("records", pa.Table.from_pandas(FRAME), np.float64), None) == ()
