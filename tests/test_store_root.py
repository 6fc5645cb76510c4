from pathlib import Path

import numpy as np
import pytest

from miaudit.datasets._cache import kept
from miaudit.errors import UserError
from miaudit.store.local import LocalStore
from miaudit.store.places import open_store
from miaudit.store_root import store_root, store_root_at


def test_the_store_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path))
    assert store_root() == tmp_path
    monkeypatch.delenv("MIAUDIT_STORE")
    assert store_root().name == "store"
    monkeypatch.setenv("MIAUDIT_STORE", "s3://bucket/audits")
    with pytest.raises(
        UserError, match=r"MIAUDIT_STORE=s3://bucket/audits: expected a folder .* give a URL as --store"
    ):
        store_root()


def test_a_folder_that_is_chosen_comes_first_and_only_for_the_block(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "usual"))
    with store_root_at(tmp_path / "chosen"):
        assert store_root() == tmp_path / "chosen"
        with store_root_at(None):
            assert open_store() == LocalStore(tmp_path / "chosen")
    assert store_root() == tmp_path / "usual"


def test_prepared_data_moves_with_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "usual"))
    with store_root_at(tmp_path / "chosen"):
        kept("digits", (2, 3), [np.zeros((2, 3), np.uint8)])
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.npy")] == ["chosen/data/digits.npy"]
    assert {entry.kind for entry in LocalStore(tmp_path / "chosen").entries()} == {"data"}
