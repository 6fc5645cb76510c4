"""Records that every reference was trained on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest
from safetensors.numpy import save_file

from miaudit.arrays import Bools
from miaudit.attacks import _classifier
from miaudit.attacks.calibrated import Calibrated
from miaudit.attacks.loss import Loss
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.file_audit import unmet_in
from miaudit.auditing.gather import gather_file
from miaudit.auditing.known import Knowable
from miaudit.auditing.left_out import judgeable, unjudged
from miaudit.auditing.remarks import remarks
from miaudit.auditing.result import LeftOutRecords
from miaudit.config import parse_config
from miaudit.evidence import Evidence
from miaudit.evidence.io.file import write_evidence
from miaudit.store.local import LocalStore
from tiny import Call, run_config
from worlds import World, gaussian_world


def seen_by_all(records: list[int], n: int = 100, references: int = 3) -> Bools:
    inside = np.zeros((references, n), dtype=bool)
    inside[:, records] = True
    inside[0] = True  # one reference alone is not enough
    return inside


MEMBER = np.arange(100) < 50


@pytest.mark.parametrize(
    ("records", "left_out"),
    [
        ([], []),
        ([3], [3]),
        ([3, 70], [3, 70]),
        ([3, 4, 70, 80], [3, 4, 70, 80]),
        ([3, 4, 5], []),  # 6 % of the members
        (list(range(50)), []),  # references that were trained on the members
    ],
)
def test_a_few_on_both_sides_are_left_out(records: list[int], left_out: list[int]) -> None:
    assert np.flatnonzero(unjudged(seen_by_all(records), MEMBER)).tolist() == left_out


def test_many_more_on_one_side_are_not_left_out() -> None:
    """Of 1,000 a side 40 members and no non-members: by chance alone that does not happen."""
    member = np.arange(2000) < 1000
    assert not unjudged(seen_by_all(list(range(40)), n=2000), member).any()
    both = [*range(20), *range(1000, 1020)]
    assert np.flatnonzero(unjudged(seen_by_all(both, n=2000), member)).tolist() == both


def test_without_the_truth_the_share_of_all_counts() -> None:
    assert unjudged(seen_by_all([1, 2, 3]), None).sum() == 3
    assert unjudged(seen_by_all(list(range(6))), None).sum() == 0


def test_two_records_a_side_must_stay() -> None:
    assert not unjudged(np.ones((1, 2), dtype=bool), None).any()


def coin_flips(n: int = 4000, references: int = 8, leak: float = 2.0) -> World:
    """References that were trained on each record by a coin flip, among them some that saw everything."""
    sizes = {"n": n, "references": references, "shadows": 0, "known": 0, "population": 0}
    world = gaussian_world(np.random.default_rng(1), leak=leak, form="out", **sizes)
    audit = world.evidence.audit
    inside = np.random.default_rng(2).random(audit.in_reference.shape) < 0.5
    evidence = Evidence(audit=replace(audit, in_reference=inside))
    return World(evidence, world.member)


def test_only_attacks_that_need_a_reference_make_a_difference() -> None:
    evidence, member = coin_flips()
    lacking = evidence.audit.in_reference.all(axis=0)
    assert lacking.sum() > 5
    assert judgeable(evidence, member, [Loss()]).evidence is evidence
    kept = judgeable(evidence, member, [Loss(), Calibrated()]).kept
    npt.assert_array_equal(kept, ~lacking)
    judged = judgeable(evidence, member, [Calibrated()]).evidence
    npt.assert_array_equal(judged.audit.target("loss"), evidence.audit.target("loss")[~lacking])
    again = judgeable(judged, member[kept], [Calibrated()])
    assert again.kept.all()


def test_being_left_out_tells_nothing_of_membership() -> None:
    """References that were trained on each record by a coin flip: half of what is left out are members."""
    shares = []
    for seed in range(40):
        inside = np.random.default_rng(seed).random((7, 1000)) < 0.5
        member = np.random.default_rng(1000 + seed).permutation(1000) < 500
        left = unjudged(inside, member)
        assert left.sum() > 0
        shares.append(member[left].mean())
    assert abs(np.mean(shares) - 0.5) < 4 * np.std(shares) / np.sqrt(len(shares))


def test_evidence_with_eight_coin_flip_references_runs_every_attack(tmp_path: Path, call: Call) -> None:
    evidence, member = coin_flips()
    lacking = evidence.audit.in_reference.all(axis=0)
    path = tmp_path / "flips.safetensors"
    write_evidence(path, evidence, member)
    config = parse_config({"evidence": str(path), "attacks": ["loss", "lira", "base_ratio", "calibrated"]})
    result = run_config(config, LocalStore(tmp_path)).result
    assert result.left_out == LeftOutRecords(
        members=int((lacking & member).sum()), nonmembers=int((lacking & ~member).sum()), references=8
    )
    assert result.target.members + result.target.nonmembers == 4000 - lacking.sum()
    assert list(result.attacks) == ["loss", "lira", "base_ratio", "calibrated"]
    (told,) = remarks(result)
    called = call("audit", path, "--out", tmp_path / "out", "--store", tmp_path / "store")
    assert called.code == 0, called.err
    assert told in " ".join(called.out.split())
    assert "Not run: attack_p (" in " ".join(called.out.split())
    scored = call("score", path, "--attack", "calibrated", "--out", tmp_path / "scores.csv")
    assert scored.code == 0, scored.err
    assert f"Left out: {lacking.sum()} records, which all 8 reference models were trained on." in " ".join(
        scored.err.split()
    )
    assert len((tmp_path / "scores.csv").read_text().splitlines()) == 1 + 4000 - lacking.sum()


def test_a_pool_with_coin_flips_runs_every_attack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shadows are references of each other, and each has its own records that all the others saw."""
    monkeypatch.setattr(_classifier, "EPOCHS", 3)  # how strong the attacks are does not matter here
    rng = np.random.default_rng(0)
    n, models, classes = 1000, 8, 3
    member, inside = rng.permutation(n) < n // 2, rng.random((models, n)) < 0.5
    labels = rng.integers(classes, size=n)
    hot = np.eye(classes)[labels]
    tensors = {
        "audit.labels": labels,
        "audit.member": member.astype(np.uint8),
        "audit.target.logits": rng.normal(size=(n, classes)) + 2 * hot * member[:, None],
        "pool.logits": rng.normal(size=(models, n, classes)) + 2 * hot * inside[:, :, None],
        "pool.in_training": inside.astype(np.uint8),
    }
    path = tmp_path / "pool.safetensors"
    save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, path, {"miaudit": "evidence/1"})
    names = ["calibrated", "two_stage", "shadow", "kde"]
    result = run_config(parse_config({"evidence": str(path), "attacks": names}), LocalStore(tmp_path)).result
    assert list(result.attacks) == names
    assert result.left_out is not None
    assert result.left_out.members + result.left_out.nonmembers == inside.all(axis=0).sum()
    attacks = usual_attacks("all")
    skipped = unmet_in(attacks, gather_file(path, attacks.values()).evidence, Knowable(member, 0.1))
    assert all("population" in reason or "further views" in reason for reason in skipped.values())
