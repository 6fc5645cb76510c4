"""Checks a pack that came from elsewhere: that it is whole, who signed it, and that its decision follows from it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from miaudit.auditing.files import GATE, RESULT
from miaudit.auditing.result import AuditResult
from miaudit.decisions.archive import MANIFEST, SIGNATURES, differences, unzipped
from miaudit.decisions.gate import gate_as_known
from miaudit.decisions.outcomes import WORDS, GateResult, decided_again
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.signature import Checked, TrustedSigner, check
from miaudit.errors import UserError
from miaudit.reading.yaml_file import parse_yaml
from miaudit.registry import explain

POLICY = "policy.yaml"

Parsed = TypeVar("Parsed", bound=BaseModel)


class Verification(NamedTuple):
    """What became of the checks; nothing in a pack with something `wrong` should be relied on."""

    wrong: tuple[str, ...]
    signatures: tuple[str, ...]  # files of signatures in the pack, checked or not
    signed_by: str | None  # the trusted signer; None where none was asked for, or none signed
    result: AuditResult | None  # None where the pack is not whole
    decision: GateResult | None  # by the policy of the sender
    own_decision: GateResult | None  # by the policy of the recipient, as far as the result allows


def verify(pack: Path, signer: TrustedSigner | None = None, policy: Policy | None = None) -> Verification:
    """Check the hashes, the signature and the decision of a pack.

    Args:
        pack: the zip.
        signer: whose signature is asked for; None if none is.
        policy: the recipient's own policy, to decide anew.

    Raises:
        UserError: the file is no pack, or a file or program of the recipient's is missing.
    """
    files, broken = unzipped(pack)
    wrong = [*broken, *(() if broken else differences(files))]
    signatures = {name: files[name] for name in SIGNATURES if name in files}
    signed = _signed(files, signatures, signer)
    if signed is not None and not signed.good:
        wrong.append(signed.text)
    who = signed.text if signed is not None and signed.good else None
    names = tuple(signatures)
    if wrong:
        return Verification(tuple(wrong), names, who, None, None, None)
    result, decision, faults = _content(files)
    own = None if policy is None or result is None else gate_as_known(SavedAudit(str(pack), result, None), policy)
    return Verification(tuple(faults), names, who, result, decision, own)


def _signed(files: dict[str, bytes], signatures: dict[str, bytes], signer: TrustedSigner | None) -> Checked | None:
    if signer is None or MANIFEST not in files:
        return None
    return check(files[MANIFEST], signatures, signer)


def _content(files: dict[str, bytes]) -> tuple[AuditResult | None, GateResult | None, list[str]]:
    """The result and the decision, and how they contradict themselves or each other."""
    try:
        result = _parsed(files, RESULT, AuditResult)
        decision = _parsed(files, GATE, GateResult) if GATE in files else None
        faults = [] if decision is None else list(_contradictions(files, result, decision))
    except UserError as error:
        return None, None, [str(error)]
    if result.release is None:
        faults.append(f"{RESULT} was not made for release: it may hold numbers of single records")
    return result, decision, faults


def _parsed(files: dict[str, bytes], name: str, kind: type[Parsed]) -> Parsed:
    if name not in files:
        raise UserError(f"{name} is missing, and the manifest does not name it")
    try:
        return kind.model_validate(_plain(files[name]))
    except ValidationError as error:
        raise UserError(f"{name} is not in its form: {explain(error)}") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{name} is not JSON: {error}") from None


def _plain(content: bytes) -> Any:
    return json.loads(content.decode("utf-8"))


def _contradictions(files: dict[str, bytes], result: AuditResult, decision: GateResult) -> Iterator[str]:
    """Where the decision does not follow from its own numbers, its policy, or the result."""
    again = decided_again(decision)
    if again != decision.outcome:
        yield f"{GATE} says {WORDS[decision.outcome]}, and its own numbers say {WORDS[again]}"
    if _policy(files) != decision.policy:
        yield f"{POLICY} is not the policy that {GATE} was decided by"
    if decision.verdict != result.verdict.headline:
        yield f"{GATE} quotes another verdict than that of {RESULT}"
    known = gate_as_known(SavedAudit(RESULT, result, None), decision.policy)
    for stored, anew in zip(decision.rules, known.rules, strict=True):
        if {stored.outcome, anew.outcome} == {"pass", "fail"}:
            yield f"{GATE} says {WORDS[stored.outcome]} for {stored.title}, and {RESULT} says {WORDS[anew.outcome]}"


def _policy(files: dict[str, bytes]) -> Policy:
    if POLICY not in files:
        raise UserError(f"{POLICY} is missing, and the manifest does not name it")
    try:
        return Policy.parse(parse_yaml(files[POLICY].decode("utf-8")))
    except (yaml.YAMLError, ValueError) as error:
        raise UserError(f"{POLICY} is not in its form: {error}") from None
