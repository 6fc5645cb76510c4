"""Tests that a pack which was tampered with is found out, and that a whole one says what it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decisions_examples import EXAMPLE, saved
from miaudit.auditing.findings import findings
from miaudit.decisions.archive import MANIFEST, manifest, unzipped, zipped
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.verify import verify
from miaudit.errors import UserError
from miaudit.report.pack import write_pack

LOOSE = Policy.parse({"rules": [{"measure": "auc", "limit": 0.99}], "require": {"controls": False}}, "loose")
Change = Callable[[dict[str, bytes]], None]


def audit() -> SavedAudit:
    """An example whose result has intervals at the corrected confidence, too."""
    found = findings(EXAMPLE.scores(), EXAMPLE.truths())
    return saved()._replace(result=saved().result.model_copy(update={"findings": found}))


def leaking(result: dict[str, Any]) -> None:
    """Raise every AUC of an attack above all limits."""
    for numbers in (result["attacks"]["lira"], *result["findings"]):
        numbers["auc"].update(low=0.995, value=0.999, high=1.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with a decision."""
    folder = tmp_path_factory.mktemp("pack")
    write_pack(audit(), folder, folder / "pack.zip", gate(audit(), LOOSE), 10)
    return folder / "pack.zip"


@pytest.fixture
def forged(whole: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """The pack with a change, of which its manifest was made anew."""

    def made(change: Change) -> Path:
        files = dict(unzipped(whole).files)
        change(files)
        files[MANIFEST] = manifest({name: content for name, content in files.items() if name != MANIFEST})
        (tmp_path / "forged.zip").write_bytes(zipped(files))
        return tmp_path / "forged.zip"

    return made


def edited(name: str, edit: Callable[[Any], None]) -> Change:
    def change(files: dict[str, bytes]) -> None:
        content = json.loads(files[name])
        edit(content)
        files[name] = json.dumps(content).encode()

    return change


def test_a_whole_pack_says_what_it_is(whole: Path) -> None:
    found = verify(whole)
    assert (found.wrong, found.signatures, found.signed_by, found.own_decision) == ((), (), None, None)
    assert found.result is not None
    assert found.result.verdict.headline == saved().result.verdict.headline
    assert found.decision is not None
    assert (found.decision.outcome, found.decision.policy) == ("pass", LOOSE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edited("gate.json", lambda gate: gate.update(outcome="fail")), "gate.json says fail, and its own numbers say"),
        (edited("gate.json", lambda gate: gate.update(verdict="All is well")), "gate.json quotes another verdict"),
        (lambda files: files.update({"policy.yaml": b"rules: [{measure: auc, limit: 0.5}]"}), "is not the policy"),
        (lambda files: files.update({"policy.yaml": b"rules: ["}), "policy.yaml is not in its form"),
        (lambda files: files.pop("policy.yaml"), "policy.yaml is missing"),
        (lambda files: files.pop("result.json"), "result.json is missing"),
        (lambda files: files.update({"result.json": b"{"}), "result.json is not JSON"),
        (lambda files: files.update({"result.json": b"[" * 100_000}), "result.json is not JSON"),
        (edited("result.json", lambda result: result.pop("verdict")), "result.json is not in its form"),
        (edited("result.json", lambda result: result.update(release=None)), "result.json was not made for release"),
        (edited("result.json", leaking), "gate.json says pass for AUC, and result.json says fail"),
    ],
)
def test_a_forger_who_makes_the_manifest_anew_must_contradict_nothing(
    change: Change, message: str, forged: Callable[[Change], Path]
) -> None:
    found = verify(forged(change))
    assert any(message in line for line in found.wrong), found.wrong


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ({"measure": "auc", "limit": 0.6}, "fail"),
        ({"measure": "auc", "limit": 0.99}, "pass"),
        ({"measure": "named_records", "precision": 0.98, "limit": 5}, "cannot_tell"),
        ({"measure": "auc", "limit": 0.99, "group_by": "ward"}, "cannot_tell"),
        ({"measure": "auc_change", "limit": 0.1}, "cannot_tell"),
    ],
)
def test_a_policy_of_the_recipient_is_decided_as_far_as_the_result_allows(
    rule: dict[str, Any], outcome: str, whole: Path
) -> None:
    own = verify(whole, policy=Policy.parse({"rules": [rule], "require": {"controls": False}})).own_decision
    assert own is not None
    assert own.outcome == outcome
    assert ("scores" in own.rules[0].checks[0].note) == (outcome == "cannot_tell")


def test_a_policy_that_names_another_attack_is_a_mistake(whole: Path) -> None:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6, "attacks": "rmia"}]})
    with pytest.raises(UserError, match="limits the attack 'rmia'"):
        verify(whole, policy=policy)
