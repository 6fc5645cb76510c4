from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.auditing import planning
from miaudit.auditing.files import save
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.needed import reads
from miaudit.config import parse_config
from miaudit.running.local import LocalRunner
from miaudit.splits.base import Split
from miaudit.splits.pool import Pool
from miaudit.splits.six_way import SixWay
from tiny import CONFIG, Audited, run_config

POOL = Pool(models=20, shadows=10).split(60, seed=0)
SIX_WAY = SixWay(target_in=10, target_out=10, shadow_in=8, shadow_out=8, reference=8, references=2).split(60, seed=0)
WITHOUT_REFERENCES = ("loss", "gap", "attack_p", "top_k", "kde")


@pytest.mark.parametrize(
    ("name", "options", "split", "score", "cut"),
    [
        ("loss", {}, POOL, [], range(8)),  # eight shadows at most set the cut
        ("attack_p", {}, POOL, [], range(8)),
        ("top_k", {}, POOL, range(10), []),  # learns on all shadows
        ("kde", {}, POOL, [], []),  # knows some records, and has its own cut
        ("kde", {"source": "shadow"}, POOL, range(10), []),
        ("lira", {}, POOL, range(20), []),
        ("quantile", {}, POOL, range(20), []),  # could do without references
        ("loss", {}, SIX_WAY, [], [0]),
        ("calibrated", {}, SIX_WAY, [1, 2], [0]),
        ("two_stage", {}, SIX_WAY, [0, 1, 2], []),
        ("ldc", {"features": ["label", "score"]}, SIX_WAY, [0], []),
        ("ensemble", {}, SIX_WAY, [0, 1, 2], []),  # could do without shadows
    ],
)
def test_what_an_attack_reads(name: str, options: dict[str, Any], split: Split, score: Any, cut: Any) -> None:
    found = reads(registry.build("attacks", name, options), split)
    assert found.score.tolist() == list(score)
    assert found.cut.tolist() == list(cut)


def test_models_that_nobody_reads_are_left_out_and_the_others_keep_their_names() -> None:
    large = {**CONFIG, "split": {**CONFIG["split"], "models": 12, "shadows": 3}}
    whole, few = plan_of_config(parse_config(large)), plan_of_config(parse_config({**large, "attacks": ["loss"]}))
    assert (whole.spared, few.spared) == (0, 9)
    assert [work.key for work in few.works] == [work.key for work in whole.works[:4]]
    assert len(few.split.training) == len(few.split.shadows) == 3


def test_an_audit_that_reads_no_model_trains_the_target_alone() -> None:
    plan = plan_of_config(parse_config({**CONFIG, "attacks": ["kde"]}))
    assert len(plan.works) == 1
    assert plan.spared == 6


def test_the_result_is_that_of_all_models(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    config = parse_config({**CONFIG, "attacks": list(WITHOUT_REFERENCES)})
    few = run_config(config, audited.store, LocalRunner(1))
    monkeypatch.setattr(planning, "only_needed", lambda plan: plan)
    everything = run_config(config, audited.store, LocalRunner(1))
    assert few.result.cost.models_cached == 3
    assert everything.result.cost.models_cached == 7
    assert few.gathered.key != everything.gathered.key  # nothing was taken from the other's scores
    for name in WITHOUT_REFERENCES:
        npt.assert_array_equal(few.judged[name].scores, everything.judged[name].scores)
        assert few.judged[name].cut == everything.judged[name].cut
    assert few.result.attacks == everything.result.attacks
    assert few.result.controls.positive == everything.result.controls.positive


def test_evidence_without_references_is_saved_and_audited_again(audited: Audited, tmp_path: Path) -> None:
    few = run_config(parse_config({**CONFIG, "attacks": ["loss", "attack_p"]}), audited.store, LocalRunner(1))
    save(few, tmp_path)
    again = run_config(
        parse_config({"evidence": str(tmp_path / "evidence.safetensors")}), audited.store, LocalRunner(1)
    )
    for name in ("loss", "attack_p"):
        npt.assert_array_equal(again.judged[name].scores, few.judged[name].scores)


def test_a_split_of_some_models_keeps_their_roles() -> None:
    some = POOL.only(np.array([0, 1, 4, 11]))
    assert [shadow.model for shadow in some.shadows] == [0, 1, 2]
    assert [shadow.references.tolist() for shadow in some.shadows] == [[2, 3], [2, 3], [0, 1, 3]]
    assert some.references.tolist() == [0, 1, 2, 3]
    for kept, model in zip(some.training, (0, 1, 4, 11), strict=True):
        npt.assert_array_equal(kept, POOL.training[model])
    npt.assert_array_equal(some.shadows[2].inside, POOL.shadows[4].inside)


def test_the_first_models_of_a_pool_are_the_smaller_pool() -> None:
    first, small = POOL.only(np.arange(6)), Pool(models=6, shadows=10).split(60, seed=0)
    assert len(first.shadows) == len(small.shadows)
    for a, b in zip(first.shadows, small.shadows, strict=True):
        assert a.model == b.model
        npt.assert_array_equal(a.inside, b.inside)
        npt.assert_array_equal(a.outside, b.outside)
        npt.assert_array_equal(a.references, b.references)
    for rows, others in zip(first.training, small.training, strict=True):
        npt.assert_array_equal(rows, others)
    npt.assert_array_equal(first.references, small.references)
