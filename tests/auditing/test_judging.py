import logging
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from pydantic.dataclasses import dataclass

from miaudit import registry
from miaudit.arrays import Floats
from miaudit.attacks.loss import Loss
from miaudit.auditing.judging import judge_all
from miaudit.auditing.plan import Questions
from miaudit.auditing.scoring import choose_cut, learned, score
from miaudit.auditing.tasks import Material
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.evidence.io import tensors
from miaudit.evidence.io.file import open_evidence, write_evidence
from miaudit.store.local import LocalStore
from miaudit.thresholds.best_accuracy import BestAccuracy
from worlds import gaussian_world

EVIDENCE = gaussian_world(np.random.default_rng(1), n=80, references=6, shadows=2).evidence
WITHOUT_POPULATION = gaussian_world(np.random.default_rng(1), n=80, references=6, shadows=2, population=0).evidence
CONTROL = gaussian_world(np.random.default_rng(2), n=40, references=6, shadows=2).evidence
MATERIAL = Material(EVIDENCE, CONTROL, BestAccuracy(), 0)
ATTACKS: dict[str, Any] = {name: registry.build("attacks", name, {}) for name in ("two_stage", "loss")}


@dataclass(frozen=True)
class Counted(Loss):
    """Logs its calls, since a list of them would be part of its name in the store; fails with `fails` records."""

    fails: int = 0

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        logging.getLogger("scored").warning("%d", len(evidence.audit))
        if len(evidence.audit) == self.fails:
            raise UserError("not this one")
        return super().score(evidence, rng)


def questions(attacks: dict[str, Any]) -> Questions:
    return Questions(attacks, BestAccuracy(), 0)


def nobody(*_: object) -> None:
    """Hears progress."""


def test_all_parts_are_found_in_the_order_of_the_attacks(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    found = judge_all(questions(ATTACKS), MATERIAL, "e", LocalStore(tmp_path), lambda *told: seen.append(told))
    assert list(found.judged) == list(found.positive) == list(ATTACKS)
    for name, attack in ATTACKS.items():
        npt.assert_array_equal(found.judged[name].scores, score(name, attack, EVIDENCE, 0))
        npt.assert_array_equal(found.positive[name], score(name, attack, CONTROL, 0))
        assert found.judged[name].cut == choose_cut(name, attack, EVIDENCE, BestAccuracy(), 0)
        assert found.judged[name].learned == learned(name, attack, EVIDENCE, 0)
    for stage in ("attacks", "controls"):
        assert [told[1:] for told in seen if told[0] == stage] == [(0, 2), (1, 2), (2, 2)]


def test_what_is_stored_is_not_computed_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mine = questions({"mine": Counted()})
    first, again = (judge_all(mine, MATERIAL, "e", LocalStore(tmp_path), nobody) for _ in range(2))
    assert sorted(map(int, caplog.messages)) == [40, 80, 80, 80]  # the control, the scores, a cut on two shadows
    npt.assert_array_equal(first.judged["mine"].scores, again.judged["mine"].scores)
    assert first.judged["mine"].cut == again.judged["mine"].cut
    judge_all(mine, MATERIAL, "other evidence", LocalStore(tmp_path), nobody)
    assert len(caplog.messages) == 8


def test_an_attack_that_fails_does_not_lose_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    mine = {"good": Counted(), "bad": Counted(fails=40)}
    with pytest.raises(UserError, match="attack bad: not this one"):
        judge_all(questions(mine), MATERIAL, "e", LocalStore(tmp_path), nobody)
    before = len(caplog.messages)
    assert judge_all(questions({"good": Counted()}), MATERIAL, "e", LocalStore(tmp_path), nobody).positive.keys() == {
        "good"
    }
    assert len(caplog.messages) == before


@dataclass(frozen=True)
class Rewrites(Loss):
    """Something else writes to the evidence while this attack runs; with `hidden`, so that no time tells."""

    path: str = ""
    hidden: bool = False

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        scores = super().score(evidence, rng)
        facts = Path(self.path).stat()
        with Path(self.path).open("r+b") as file:
            file.seek(-8, os.SEEK_END)
            file.write(rng.bytes(8))
        if self.hidden:
            os.utime(self.path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        else:
            os.utime(self.path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 10**9))
        return scores


@pytest.mark.parametrize("hidden", [True, False])
def test_nothing_stays_stored_of_evidence_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    path, store = tmp_path / "evidence.safetensors", LocalStore(tmp_path / "store")
    write_evidence(path, WITHOUT_POPULATION, np.arange(80) % 2 == 0)
    monkeypatch.setattr(tensors, "IN_MEMORY", 0)
    opened = open_evidence(path)
    material = MATERIAL._replace(evidence=opened.loaded.evidence)
    mine = questions({"mine": Rewrites(path=str(path), hidden=hidden)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that entries are removed
        with pytest.raises(UserError, match="changed while it was read: run the audit again"):
            judge_all(mine, material, opened.digest, store, nobody, pinned=opened.pinned)
    assert list(store.root.glob("??/*")) == []


def test_evidence_that_is_read_at_once_may_change(tmp_path: Path) -> None:
    path, store = tmp_path / "evidence.safetensors", LocalStore(tmp_path / "store")
    write_evidence(path, WITHOUT_POPULATION, np.arange(80) % 2 == 0)
    opened = open_evidence(path)
    untouched = score("loss", Loss(), opened.loaded.evidence, 0)
    mine = questions({"mine": Rewrites(path=str(path))})
    found = judge_all(mine, MATERIAL._replace(evidence=opened.loaded.evidence), opened.digest, store, nobody)
    npt.assert_array_equal(found.judged["mine"].scores, untouched)
