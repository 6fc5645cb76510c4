import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from numpy.random import default_rng
from threadpoolctl import threadpool_info, threadpool_limits

from miaudit.arrays import Floats
from miaudit.attacks.base import Attack
from miaudit.attacks.base_ratio import BaseRatio
from miaudit.attacks.ensemble import Ensemble
from miaudit.attacks.lira import Lira
from miaudit.auditing import convergence
from miaudit.auditing.convergence import measured, sample
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.result import Convergence
from miaudit.auditing.scoring import score
from miaudit.config import load_config, parse_config
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.evidence.io.source import OpenFile, Pinned
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.running.local import LocalRunner
from miaudit.store.local import LocalStore
from tiny import CONFIG, Audited, run_config
from worlds import gaussian_world


def by_attack(found: tuple[Convergence, ...]) -> dict[str, Convergence]:
    return {each.attack: each for each in found}


def test_a_step_has_the_numbers_of_an_audit_with_that_pool(audited: Audited) -> None:
    found = by_attack(audited.finished.result.convergence)
    assert set(found) == {"calibrated", "lira"}  # `ldc` and `two_stage` need shadows, the others no references
    alone = run_config(load_config(audited.config).with_pool_of(4), audited.store, LocalRunner(1)).result
    for name, each in found.items():
        _, with_four, whole = each.steps
        assert [step.models for step in each.steps] == [2, 4, 6]
        for step, result in ((with_four, alone), (whole, audited.finished.result)):
            assert step.auc == result.attacks[name].auc
            assert step.tpr == result.attacks[name].tpr_at_fpr["0.01"]


def test_an_audit_without_smaller_pools_has_none(audited: Audited) -> None:
    asked = parse_config({**CONFIG, "attacks": ["calibrated"]}).with_pool_of(2)
    assert run_config(asked, audited.store, LocalRunner(1)).result.convergence == ()


def test_what_is_stored_is_not_scored_again(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "score", lambda *_: pytest.fail("scored again"))
    again = run_config(load_config(audited.config), audited.store, LocalRunner(1)).result
    assert again.convergence == audited.finished.result.convergence


Measured = tuple[Convergence, ...]


def measured_anew(
    audited: Audited, name: str, attack: Attack, store: LocalStore, pinned: Pinned | None = None
) -> Measured:
    """The convergence of one attack on an audit's evidence; scores with all models are those of `lira`."""
    finished, plan = audited.finished, plan_of_config(load_config(audited.config))
    questions = replace(plan.questions, attacks={name: attack})
    gathered = replace(finished.gathered, pinned=pinned)
    return convergence.convergence(questions, gathered, {name: finished.judged["lira"]}, store)


def test_an_attack_that_fails_with_few_models_is_measured_with_more(
    audited: Audited, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fails(name: str, attack: Attack, evidence: Evidence, seed: int) -> Floats:
        if evidence.audit.n_references == 2:
            warnings.warn("two models are few", stacklevel=2)
            raise UserError("expected more models")
        return score(name, attack, evidence, seed)

    monkeypatch.setattr(convergence, "score", fails)
    (found,) = measured_anew(audited, "lira", Lira(), LocalStore(tmp_path))
    assert [step.models for step in found.steps] == [4, 6]


def test_nothing_is_stored_of_a_file_that_has_changed(audited: Audited, tmp_path: Path) -> None:
    path, store = tmp_path / "evidence.safetensors", LocalStore(tmp_path / "store")
    path.write_bytes(b"some")
    pinned = Pinned(OpenFile(path), "")
    path.write_bytes(b"other content")
    with pytest.raises(UserError, match="changed while it was read"):
        measured_anew(audited, "lira", Lira(), store, pinned)
    assert not [file for file in store.root.rglob("*") if file.is_file()]


def test_scores_are_computed_on_one_thread(audited: Audited, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    threads: set[int] = set()

    def watched(name: str, attack: Attack, evidence: Evidence, seed: int) -> Floats:
        threads.update(library["num_threads"] for library in threadpool_info())
        return score(name, attack, evidence, seed)

    monkeypatch.setattr(convergence, "score", watched)
    with threadpool_limits(2):
        measured_anew(audited, "lira", Lira(), LocalStore(tmp_path))
    assert threads == {1}


def test_what_learned_on_a_sample_is_compared_with_what_learned_on_as_few(
    audited: Audited, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[tuple[int, set[int]]] = []

    def watched(name: str, attack: Attack, evidence: Evidence, seed: int) -> Floats:
        seen.append((evidence.audit.n_references, {len(shadow) for shadow in evidence.shadows}))
        return score(name, attack, evidence, seed)

    monkeypatch.setattr(convergence, "score", watched)
    monkeypatch.setattr(convergence, "LEAST_RECORDS", 20)
    monkeypatch.setattr(convergence, "MOST_LEARNT", 20 * 6 * (1 + len(audited.finished.gathered.evidence.shadows)))
    (found,) = measured_anew(audited, "ensemble", Ensemble(trees=5), LocalStore(tmp_path))
    assert found.records == 20
    assert [step.models for step in found.steps] == [models for models, _ in seen] == [2, 4, 6]
    assert [sizes for _, sizes in seen if sizes] == [{20}] * 3


def test_gains_are_those_of_the_last_doubling() -> None:
    truth = np.arange(400) < 200
    rng = default_rng(0)
    scores = {models: rng.normal(size=400) + strength * truth for models, strength in ((2, 0.2), (4, 0.5), (6, 3.0))}
    found = measured("lira", scores, truth, seed=0)
    for gain, values in (
        (found.auc_gain, [auc(each, truth).value for each in scores.values()]),
        (found.tpr_gain, [tpr_at_fpr(each, truth, 0.01).value for each in scores.values()]),
    ):
        assert values[1] is not None
        assert values[2] is not None
        assert gain.value == pytest.approx(values[2] - values[1])
        assert gain.low is not None
        assert gain.low > 0
    assert found.records == 400


def test_equal_scores_gain_nothing_beyond_doubt() -> None:
    truth = np.arange(400) < 200
    scores = default_rng(0).normal(size=400) + truth
    found = measured("lira", {2: scores, 4: scores}, truth, seed=0)
    for gain in (found.auc_gain, found.tpr_gain):
        assert gain.value == 0
        assert gain.low is not None
        assert gain.high is not None
        assert gain.low < 0 < gain.high


def test_many_records_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = gaussian_world(default_rng(0), n=600, references=8, shadows=2).evidence
    npt.assert_array_equal(sample(BaseRatio(), evidence, seed=0), np.arange(600))
    monkeypatch.setattr(convergence, "MOST_READ", 8 * 300)
    monkeypatch.setattr(convergence, "MOST_LEARNT", 3 * 8 * 200)
    monkeypatch.setattr(convergence, "LEAST_RECORDS", 100)
    drawn = sample(BaseRatio(), evidence, seed=0)
    assert len(drawn) == 300
    assert (np.diff(drawn) > 0).all()
    assert len(sample(Ensemble(), evidence, seed=0)) == 200
    monkeypatch.setattr(convergence, "LEAST_RECORDS", 201)
    assert len(sample(Ensemble(), evidence, seed=0)) == 0
