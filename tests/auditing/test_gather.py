"""What the models of the small audit said, and what names it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.gather import Gathered, ask, gather_file
from miaudit.auditing.gather import gather as arrange
from miaudit.auditing.plan import Plan
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.evidence.io.file import write_evidence
from miaudit.models.mlp import Mlp
from miaudit.store.local import LocalStore
from miaudit.targets.custom import Custom
from miaudit.targets.torch_module import TorchModule
from tiny import CONFIG, Audited
from worlds import gaussian_world


def gather(planned: Plan, store: LocalStore) -> Gathered:
    return arrange(planned, ask(planned, store), store)


def plan(**split: Any) -> Plan:
    return plan_of_config(parse_config({**CONFIG, "split": {**CONFIG["split"], **split}}))


def test_accuracy_is_counted_on_all_members_and_on_unseen_records(audited: Audited) -> None:
    planned = plan()
    gathered = audited.finished.gathered
    assert gathered.train_accuracy.n == len(planned.split.members) == 269
    assert gathered.test_accuracy.n == len(planned.split.test)
    assert gathered.train_accuracy.value is not None
    assert gathered.test_accuracy.value is not None
    assert gathered.train_accuracy.value > gathered.test_accuracy.value > 0.8
    assert len(gathered.truth) == len(planned.split.audited)


def test_records_that_are_set_aside_as_known_are_members_too_and_are_not_audited(audited: Audited) -> None:
    planned = plan()
    known = np.sort(np.concatenate([planned.split.members[:9], planned.split.nonmembers[:4]]))
    gathered = gather(replace(planned, known=known), audited.store)
    assert gathered.train_accuracy.n == 269
    assert len(gathered.truth) == len(planned.split.audited) - 13


def test_other_roles_of_the_same_outputs_are_other_evidence(audited: Audited) -> None:
    planned = plan()
    split = planned.split
    swapped = replace(split, members=split.nonmembers, nonmembers=split.members)
    variants = [
        planned,
        replace(planned, split=replace(split, shadows=split.shadows[:1])),
        replace(planned, split=replace(split, references=split.references[:2])),
        replace(planned, split=swapped),
        replace(planned, split=replace(split, population=split.population[:5])),
        replace(planned, known=split.members[:2]),
    ]
    keys = [gather(variant, audited.store).key for variant in variants]
    assert len(set(keys)) == len(keys)
    assert keys[0] == audited.finished.gathered.key


def test_a_target_at_hand_is_asked_about_audited_records_and_population_only(audited: Audited) -> None:
    planned = plan()
    asked = []

    class Target:
        description = "a stub"

        def logits(self, x: Any) -> Any:
            asked.append(x)
            return np.arange(len(x) * 10.0).reshape(len(x), 10)

    gathered = gather(replace(planned, target=Custom(Target()), target_work=None, auxiliary=()), audited.store)
    split = planned.split
    npt.assert_array_equal(asked[0], planned.data.x[[*split.members, *split.nonmembers, *split.population]])
    # The first member's logits begin at 0, wherever the record now lies.
    first = gathered.evidence.audit
    assert first.ids is not None
    npt.assert_array_equal(first.target("logits")[first.ids == split.members[0]], np.arange(10.0)[None])
    assert gathered.description == "a stub"


def test_a_target_of_fewer_classes_than_labels_is_refused(audited: Audited) -> None:
    target = TorchModule(Mlp(hidden=()).build((1, 8, 8), 7))
    with pytest.raises(UserError, match=r"C\) with C > 9, the highest label; the target gave \(.*, 7\)"):
        gather(replace(plan(), target=target, target_work=None), audited.store)


def test_evidence_that_somebody_else_collected(tmp_path: Path) -> None:
    world = gaussian_world(np.random.default_rng(0), n=80, known=20, population=0)
    path = tmp_path / "mine.safetensors"
    write_evidence(path, world.evidence, world.member)
    gathered = gather_file(path)
    npt.assert_array_equal(gathered.truth, world.member)
    correct = world.evidence.audit.target("correct").astype(bool)
    assert gathered.train_accuracy.value == pytest.approx(correct[world.member].mean())
    assert gathered.test_accuracy.value == pytest.approx(correct[~world.member].mean())
    assert gathered.description == "predictions in mine.safetensors"
    changed = tmp_path / "changed.safetensors"
    write_evidence(changed, world.evidence, ~world.member)
    assert gather_file(changed).key != gathered.key


def test_evidence_without_the_truth_cannot_be_audited(tmp_path: Path) -> None:
    path = tmp_path / "blind.safetensors"
    write_evidence(path, gaussian_world(np.random.default_rng(0), n=40, known=0, population=0).evidence)
    with pytest.raises(UserError, match=r"does not say which audited records are members.*miaudit score"):
        gather_file(path)


def test_a_store_that_is_removed_during_the_audit_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no outputs of job .* were files removed from .* during the audit"):
        gather(plan(), LocalStore(tmp_path))


def test_exact_copies_among_the_audited_records_are_counted(audited: Audited) -> None:
    planned = plan()
    split, x = planned.split, planned.data.x.copy()
    twin, other = split.members[:2]
    same = split.nonmembers[planned.data.y[split.nonmembers] == planned.data.y[twin]][:2]
    relabelled = split.nonmembers[planned.data.y[split.nonmembers] != planned.data.y[other]][0]
    x[same], x[relabelled] = x[twin], x[other]
    changed = replace(planned, data=replace(planned.data, x=x), auxiliary=(), target=Custom(Stub()), target_work=None)
    found = gather(changed, audited.store).duplicates
    assert found is not None
    assert (found.members.tolist(), found.nonmembers.tolist()) == ([twin], same.tolist())
    assert found.relabelled.tolist() == [relabelled]


class Stub:
    """A target that says the same of every record."""

    description = "a stub"

    def logits(self, x: Any) -> Any:
        return np.zeros((len(x), 10))


@pytest.mark.parametrize(("member", "kind"), [(1, "members"), (0, "non-members")])
def test_members_alone_are_refused_before_the_attacks(tmp_path: Path, member: int, kind: str) -> None:
    path = tmp_path / "e.csv"
    path.write_text("label,member,p0,p1\n" + f"1,{member},0.5,0.5\n" * 5)
    with pytest.raises(UserError, match=f"e.csv: expected members and non-members .*, got {kind} only"):
        gather_file(path)
