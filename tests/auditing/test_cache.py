import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.attacks.base import Cut
from miaudit.auditing import cache
from miaudit.auditing.cache import judged_key, load_judged, save_judged
from miaudit.auditing.scoring import Judged
from miaudit.store.local import LocalStore
from miaudit.thresholds.best_accuracy import BestAccuracy

KEY = "cd" + "0" * 30


def key(
    name: str = "a",
    attack: str = "lira",
    options: dict[str, Any] | None = None,
    threshold: str = "best_accuracy",
    evidence: str = "e",
    seed: int = 0,
) -> str:
    built = registry.build("attacks", attack, options or {})
    return judged_key(name, built, registry.build("thresholds", threshold, {}), evidence, seed)


def test_the_key_changes_with_all_that_a_judgement_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [
        key(),
        key(name="b"),
        key(attack="loss"),
        key(options={"mode": "offline"}),
        key(threshold="precision"),
        key(evidence="f"),
        key(seed=1),
    ]
    monkeypatch.setattr(cache, "scoring_code", lambda: "edited")
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_equal_questions_have_equal_keys() -> None:
    assert key(options={"mode": "offline"}) == key(options={"mode": "offline"})


def test_the_code_is_that_of_the_package() -> None:
    root = Path(cache.__file__).parents[1]
    for name in cache.SCORING_FOLDERS:
        assert (root / name).exists()


HELPER = "def scale(x):\n    return {} * x\n"
FOREIGN = """
import importlib
import sys
from dataclasses import dataclass
from foreign_helper import scale

@dataclass(frozen=True)
class Foreign:
    def score(self, evidence, rng):
        return scale(evidence.audit.target("loss"))
"""


def test_the_key_follows_a_helper_of_a_foreign_attack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "foreign_attack.py").write_text(FOREIGN)
    found = []
    for factor in (1, 2, 1):
        (tmp_path / "foreign_helper.py").write_text(HELPER.format(factor))
        for name in ("foreign_attack", "foreign_helper"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        attack = importlib.import_module("foreign_attack").Foreign()
        found.append(judged_key("foreign", attack, BestAccuracy(), "e", 0))
    assert found[0] == found[2] != found[1]


def test_the_key_follows_foreign_thresholds_and_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    def signal(factor: float) -> Any:
        return lambda logits: factor * logits[:, 0]

    typed: list[Any] = [dataclass(frozen=True)(type("Typed", (), {"cut": cut})) for cut in (signal(1.0), signal(2.0))]
    lira = registry.build("attacks", "lira", {})
    keys = [judged_key("lira", lira, kind(), "e", 0) for kind in typed]
    monkeypatch.setattr(registry, "foreign", lambda _: ("foreign",))
    for factor in (1.0, 2.0):
        monkeypatch.setattr(registry, "find", lambda *_, factor=factor: signal(factor))
        keys.append(judged_key("lira", lira, typed[0](), "e", 0))
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "cut",
    [
        None,
        Cut(0.1 + 0.2, "best"),
        Cut(-1e-300, "best", constraint_met=False),
        Cut(0.5, "a class", by_class=((0, 0.25), (3, -1.5))),
    ],
)
def test_a_judgement_comes_back_bit_for_bit(tmp_path: Path, cut: Cut | None) -> None:
    scores = np.random.default_rng(0).normal(size=50)
    judged = Judged(scores, cut, {"kl": 0.1, "grid": [1.0, 2.0], "met": True, "none": None})
    store = LocalStore(tmp_path)
    assert load_judged(store, KEY, 50) is None
    save_judged(store, KEY, judged)
    back = load_judged(store, KEY, 50)
    assert back is not None
    npt.assert_array_equal(back.scores, scores)
    assert back[1:] == judged[1:]


def test_a_damaged_judgement_is_made_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    save_judged(store, KEY, Judged(np.zeros(3), None, {}))
    store.path(KEY).write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged"):
        assert load_judged(store, KEY, 50) is None
