from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit import registry
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.file_audit import unmet_in
from miaudit.auditing.known import Knowable
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.evidence.io.file import write_evidence
from miaudit.store.local import LocalStore
from tiny import run_config
from worlds import World, bare, gaussian_world


def world(**options: Any) -> World:
    return gaussian_world(np.random.default_rng(0), **{"n": 200, "known": 40, "population": 60, **options})


def test_attacks_without_what_they_need_are_skipped_with_the_reason(tmp_path: Path) -> None:
    evidence, member = world(references=0, shadows=0, known=0, population=0, form="out")
    path = tmp_path / "bare.safetensors"
    write_evidence(path, evidence, member)
    finished = run_config(parse_config({"evidence": str(path), "attacks": "all"}), LocalStore(tmp_path))
    result = finished.result
    assert "loss" in result.attacks
    assert result.attacks.keys() | result.skipped.keys() == set(registry.names("attacks"))
    assert result.skipped["two_stage"].startswith("needs 1 shadow panel(s) with known members")
    assert result.skipped["lira"] == "needs reference models on the audited records; the evidence has none"
    assert result.attacks["loss"].decision.cut is None
    assert result.attacks["loss"].decision.rule.startswith("none: there are no records")
    assert result.cost.models_trained == result.cost.models_cached == 0


def test_an_attack_that_is_named_must_apply(tmp_path: Path) -> None:
    evidence, member = world(references=0, shadows=0, known=0, population=0, form="out")
    path = tmp_path / "bare.safetensors"
    write_evidence(path, evidence, member)
    with pytest.raises(UserError, match="attack lira needs reference models on the audited records"):
        run_config(parse_config({"evidence": str(path), "attacks": ["loss", "lira"]}), LocalStore(tmp_path))


def test_shadows_without_references_leave_out_only_attacks_that_learn_of_those() -> None:
    evidence, member = world()
    without = Evidence.of(evidence.audit, [bare(shadow) for shadow in evidence.shadows], population=evidence.population)
    lacking = unmet_in(usual_attacks("all"), without, Knowable(member, 0.1))
    assert "calibrated" not in lacking
    assert lacking["ldc"] == "needs reference models on shadow 0; the evidence has none"
    assert "kde" not in lacking  # it may know a share of the audited records
    lacking = unmet_in(usual_attacks("all"), without, Knowable(member, 0.999))
    assert lacking["kde"].endswith("lower known_fraction")


def test_a_config_gives_options_titles_and_the_threshold(tmp_path: Path) -> None:
    evidence, member = world(population=0)
    path = tmp_path / "world.safetensors"
    write_evidence(path, evidence, member)
    config = parse_config(
        {
            "evidence": str(path),
            "attacks": [
                "calibrated",
                {"attack": "calibrated", "signal": "confidence"},
                {"attack": "calibrated", "signal": "entropy", "name": "mine"},
            ],
            "threshold": {"name": "precision", "alpha": 0.9},
        }
    )
    finished = run_config(config, LocalStore(tmp_path))
    assert list(finished.result.attacks) == ["calibrated", "calibrated[signal=confidence]", "mine"]
    scores = {name: judged.scores for name, judged in finished.judged.items()}
    npt.assert_array_equal(
        scores["mine"],
        registry.build("attacks", "calibrated", {"signal": "entropy"}).score(evidence, np.random.default_rng(0)),
    )
    assert finished.result.attacks["mine"].params["signal"] == "entropy"
    assert "90 %" in finished.result.attacks["mine"].decision.rule
    again = parse_config(finished.result.provenance.config)
    assert again == config
