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
from miaudit.errors import UserError
from miaudit.thresholds.best_accuracy import BestAccuracy
from miaudit.training.checkpoints import Store

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


def test_an_attack_without_a_source_is_refused() -> None:
    made: Any = dataclass(frozen=True)(type("Typed", (), {"__module__": "nowhere"}))
    with pytest.raises(UserError, match="source of attack Typed cannot be read"):
        judged_key("typed", made(), BestAccuracy(), "e", 0)


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
    store = Store(tmp_path)
    assert load_judged(store, KEY) is None
    save_judged(store, KEY, judged)
    back = load_judged(store, KEY)
    assert back is not None
    npt.assert_array_equal(back.scores, scores)
    assert back[1:] == judged[1:]


def test_a_damaged_judgement_is_made_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    save_judged(store, KEY, Judged(np.zeros(3), None, {}))
    store.path(KEY).write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged"):
        assert load_judged(store, KEY) is None
