"""Installed releases count by their version, everything else by its source."""

import importlib
import json
import sys
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from miaudit.source import source_of
from miaudit.source.origin import _by_top

Write = Callable[..., ModuleType]
CALLER = "from own_code_installed import help\n\nclass Caller:\n    def run(self, x):\n        return help(x)\n"


def installed(folder: Path, direct_url: dict[str, Any] | None = None) -> None:
    """A package as an installer leaves it."""
    info = folder / "own_code_installed-1.2.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-code-installed\nVersion: 1.2\n")
    (info / "RECORD").write_text("own_code_installed.py,,\nown_code_installed-1.2.dist-info/RECORD,,\n")
    (info / "INSTALLER").write_text("pip\n")
    if direct_url is not None:
        (info / "direct_url.json").write_text(json.dumps(direct_url))


CASES = {
    "release": (None, "own_code_installed 1.2"),
    "editable": ({"url": "file:///src", "dir_info": {"editable": True}}, None),
    "from a folder": ({"url": "file:///src", "dir_info": {}}, None),
    "from a repository": (
        {"url": "https://host/x.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
        "own_code_installed 1.2 abc",
    ),
    "from an archive": (
        {"url": "file:///x.whl", "archive_info": {"hash": "sha256=1"}},
        "own_code_installed 1.2 sha256=1",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_releases_are_told_by_their_version_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write, name: str
) -> None:
    direct_url, release = CASES[name]
    site = tmp_path / "site-packages"
    installed(site, direct_url)
    monkeypatch.syspath_prepend(site)
    found = []
    for number in (1, 2):
        (site / "own_code_installed.py").write_text(f"def help(x):\n    return x + {number}")
        write(a=CALLER)
        found.append(source_of(sys.modules["own_code_a"].Caller))
    assert found[0].releases == (() if release is None else (release,))
    assert (found[0] == found[1]) == (release is not None)


def test_a_folder_that_hides_a_release_is_not_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path / "site-packages")
    (tmp_path / "site-packages" / "own_code_installed.py").write_text("X = 1")
    (tmp_path / "own_code_installed.py").write_text("X = 2")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    monkeypatch.syspath_prepend(tmp_path)
    assert source_of(importlib.import_module("own_code_installed")).releases == ()
    monkeypatch.delitem(sys.modules, "own_code_installed")


def test_miaudit_and_installed_libraries_add_nothing_of_their_own() -> None:
    from sklearn.linear_model import LogisticRegression

    from miaudit.models.mlp import Mlp

    assert source_of(Mlp).modules == source_of(Mlp).releases == ()
    assert [release.split()[0] for release in source_of(LogisticRegression).releases] == ["sklearn"]
    assert source_of(LogisticRegression).modules == ()


def test_a_module_is_in_the_distributions_that_importlib_finds() -> None:
    found = _by_top(tuple(sys.path))
    for top, names in packages_distributions().items():
        assert {release.name for release in found[top]} >= set(names), top
