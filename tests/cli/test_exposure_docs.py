"""The snippets of the pages on exposure and on release, run as they stand in a fresh folder."""

import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

import miaudit
from tiny import Call

DOCS = Path(__file__).parents[2] / "docs"
N = 400


def commands(page: str) -> list[list[str]]:
    """The words of each command of the program on a page."""
    blocks = re.findall(r"^```console\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), flags=re.M | re.S)
    return [shlex.split(line) for block in blocks for line in re.findall(r"^\$ miaudit (.*)$", block, flags=re.M)]


def snippets(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), flags=re.M | re.S)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh folder with predictions of a model that leaks, and a key."""
    rng = np.random.default_rng(0)
    label, chance = rng.integers(2, size=N), 1 / (1 + np.exp(-rng.normal(size=N) - 2.0 * (np.arange(N) < N // 2)))
    table = {"id": [f"PAT-{row}" for row in range(N)], "label": label, "member": np.arange(N) < N // 2}
    table |= {"p0": np.where(label, 1 - chance, chance), "p1": np.where(label, chance, 1 - chance)}
    table |= {"sex": np.where(rng.random(N) < 0.5, "f", "m"), "age": rng.integers(18, 90, N)}
    pd.DataFrame(table).to_csv(tmp_path / "predictions.csv", index=False)
    (tmp_path / "ids.key").write_text("0123456789abcdef0123456789abcdef")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    return tmp_path


def test_every_command_of_both_pages_works(folder: Path, call: Call) -> None:
    every = [*commands("exposure.md"), *commands("release.md")]
    assert len(every) == 6
    for words in every:
        said = call(*words)
        assert said.code == 0, f"{words}: {said.err}"
    assert {"exposure.parquet", "exposure.csv", "released"} <= {path.name for path in folder.iterdir()}
    assert not (folder / "released" / "scores.parquet").exists()


def test_every_snippet_works(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(N, 4)), rng.integers(2, size=N)
    model = DecisionTreeClassifier(max_depth=8, random_state=0).fit(x[: N // 2], y[: N // 2])
    names: dict[str, Any] = {
        "miaudit": miaudit,
        "model": model,
        "members": (x[: N // 2], y[: N // 2]),
        "nonmembers": (x[N // 2 :], y[N // 2 :]),
        "sex_of_members": rng.choice(["f", "m"], N // 2),
        "sex_of_nonmembers": rng.choice(["f", "m"], N // 2),
    }
    for snippet in snippets("exposure.md"):
        cheaper = snippet.replace("nonmembers", "nonmembers, models=2, shadows=1, attacks=['loss']", 1)
        exec(cheaper, names)
    assert len(names["found"].result.attacks) == 1
    assert names["named"].number is None or f"{names['named'].number.value}" in capsys.readouterr().out
