"""Entries that somebody else wrote under the right name, with the right hash, are not taken for what they are not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Tensors
from miaudit.auditing.cache import load_judged, save_judged
from miaudit.auditing.scoring import Judged
from miaudit.cli.stored import as_dict, entry_table
from miaudit.errors import UserError
from miaudit.running.explain import known_jobs
from miaudit.running.work import do, outputs, training_seconds
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from tiny import blobs, recipe, works

DATA = blobs()
(WORK,) = works(DATA, recipe(), 1)
N = len(WORK.query)
RECORDS = Records(DATA.x, DATA.y, DATA.classes)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    store = LocalStore(tmp_path_factory.mktemp("honest"))
    assert do(WORK, RECORDS, store)
    return store


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"other": np.zeros((N, 3), np.float32)},
        {"probs": np.full((N, 3), 1 / 3)},
        {"logits": np.zeros((N, 3), np.int32).astype("U3").view(np.uint8)},
        {"logits": np.zeros((N, 3), bool)},
        {"logits": np.zeros((N - 1, 3), np.float32)},
        {"logits": np.zeros((N, 4), np.float32)},
        {"logits": np.zeros(N, np.float32)},
        {"logits": np.full((N, 3), np.nan, np.float32)},
    ],
    ids=["none", "name", "kind", "bytes", "bools", "records", "classes", "flat", "nan"],
)
def test_crafted_outputs_are_made_again(tmp_path: Path, honest: LocalStore, tensors: Tensors) -> None:
    store = LocalStore(tmp_path)
    store.put(WORK.key, tensors, {"kind": "outputs"})
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        assert not WORK.is_intact(store, DATA.classes)
    assert do(WORK, RECORDS, store)
    npt.assert_array_equal(outputs(WORK, store).values, outputs(WORK, honest).values)


def _renamed(state: Tensors) -> Tensors:
    return {f"{name}\x1b[31m": value for name, value in state.items()}


def _reshaped(state: Tensors) -> Tensors:
    return {name: value.reshape(-1) for name, value in state.items()}


def _shortened(state: Tensors) -> Tensors:
    return dict(list(state.items())[:1])


@pytest.mark.parametrize("craft", [_renamed, _reshaped, _shortened])
def test_crafted_models_are_trained_again(
    tmp_path: Path, honest: LocalStore, craft: Callable[[Tensors], Tensors]
) -> None:
    state = honest.get(WORK.job.key)
    assert state is not None
    store = LocalStore(tmp_path)
    store.put(WORK.job.key, craft(state), {"kind": "model"})
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        assert do(WORK, RECORDS, store)
    npt.assert_array_equal(outputs(WORK, store).values, outputs(WORK, honest).values)


KEY = "ab" + "0" * 30
JUDGED = Judged(np.zeros(5), None, {"a": 1.0})


@pytest.mark.parametrize(
    "change",
    [
        {"scores": np.zeros(4)},
        {"scores": np.full(5, np.nan)},
        {"scores": np.zeros(5, np.float32)},
        {"scores": np.zeros((5, 1))},
        {"facts": np.zeros(3)},
        {"facts": np.frombuffer(b"[]", np.uint8)},
        {"facts": np.frombuffer(b'{"cut": [1], "learned": {}}', np.uint8)},
        {"facts": np.frombuffer(b'{"cut": {"value": "x"}, "learned": {}}', np.uint8)},
        {"facts": np.frombuffer(b'{"cut": null, "learned": 3}', np.uint8)},
        {"facts": np.frombuffer(b"[" * 100_000, np.uint8)},
    ],
)
def test_crafted_judgements_are_made_again(tmp_path: Path, change: Tensors) -> None:
    store = LocalStore(tmp_path)
    save_judged(store, KEY, JUDGED)
    tensors = store.get(KEY)
    assert tensors is not None
    store.put(KEY, {**tensors, **change}, {"kind": "judged"})
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        assert load_judged(store, KEY, 5) is None
    assert not store.has(KEY)


@pytest.mark.parametrize(
    "description",
    [
        {"kind": "model", "seconds": "long"},
        {"kind": "model", "code": 3, "data": "d", "recipe": "r", "rows": "r", "seed": "s"},
        {"kind": "model", "rows": ["a"], "data": "d", "recipe": "r", "code": "c", "seed": "s"},
        {"kind": "outputs", "job": [1]},
        {"kind": ["model"]},
    ],
)
def test_crafted_descriptions_are_unreadable(tmp_path: Path, description: dict[str, Any]) -> None:
    store = LocalStore(tmp_path)
    store.put(WORK.job.key, {"a": np.zeros(1)}, description)
    (entry,) = store.entries()
    assert entry.kind == "unreadable"
    assert as_dict(entry, store)["description"] == {}
    entry_table(entry, store.is_sound(entry))
    assert known_jobs(store) == []
    assert training_seconds([WORK], store) is None


def test_scores_that_cannot_be_kept_cost_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = LocalStore(tmp_path / "file" / "store")
    with pytest.raises(UserError, match=r"cannot write to the store .*MIAUDIT_STORE"):
        store.put(KEY, {}, {})
    with pytest.warns(UserWarning, match="scores are not kept for later audits: cannot write to the store"):
        save_judged(store, KEY, JUDGED)
    assert load_judged(store, KEY, 5) is None
