"""Puts into one zip what of an audit may leave a protected environment, with a manifest that can be signed."""

import json
from pathlib import Path
from typing import NamedTuple

import yaml

from miaudit.auditing.files import CONFIG, GATE, REPORT, RESULT, to_json
from miaudit.auditing.result import AuditResult
from miaudit.decisions.annex import annex
from miaudit.decisions.archive import MANIFEST, manifest, zipped
from miaudit.decisions.environment import environment
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.release import release
from miaudit.decisions.release_gate import released_gate
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.scrub import scrubbed
from miaudit.decisions.signature import sign
from miaudit.decisions.verify import POLICY
from miaudit.files import write_atomically
from miaudit.messages import printable_json
from miaudit.report.annex import annex_markdown, render_annex
from miaudit.report.gate.markdown import markdown
from miaudit.report.html import render
from miaudit.report.sacro import sacro

ANNEX, ANNEX_PAGE, ENVIRONMENT, SACRO, DECISION = "annex.md", "annex.html", "environment.json", "sacro.json", "gate.md"


class Packed(NamedTuple):
    """What went into a pack."""

    result: AuditResult
    decision: GateResult | None
    files: tuple[str, ...]


def write_pack(
    audit: SavedAudit, folder: Path, out: Path, decision: GateResult | None, k: int, key: Path | None = None
) -> Packed:
    """Write the pack of a finished audit, whole or not at all; the same audit gives the same bytes.

    Args:
        audit: the audit, with its scores for the ROC curves.
        folder: where its files are.
        out: the zip to write.
        decision: what a gate decided on the audit; None where no policy was applied.
        k: fewest records behind a number.
        key: private key that signs the manifest; None for no signature.

    Raises:
        UserError: the audit cannot be released, or the key does not sign.
    """
    released = release(audit, k)
    told = None if decision is None else _released(decision, released, k)
    files = {name: text.encode() for name, text in _texts(audit, folder, released, told).items()}
    files[MANIFEST] = manifest(files)
    if key is not None:
        signature = sign(files[MANIFEST], key)
        files[signature.name] = signature.content
    write_atomically(out, zipped(files))
    return Packed(released, told, tuple(sorted(files)))


def _released(decision: GateResult, released: AuditResult, k: int) -> GateResult:
    told = released_gate(decision, released, k)
    return GateResult.model_validate(scrubbed(json.loads(told.to_json())))


def _texts(audit: SavedAudit, folder: Path, released: AuditResult, decision: GateResult | None) -> dict[str, str]:
    chapters = annex(released, decision)
    facts = environment(folder, released)
    texts = {
        RESULT: to_json(released),
        REPORT: render(released, None, decision),
        CONFIG: yaml.safe_dump(released.provenance.config, sort_keys=False),
        ENVIRONMENT: printable_json(facts.model_dump_json(by_alias=True, indent=1)) + "\n",
        ANNEX: annex_markdown(chapters),
        ANNEX_PAGE: render_annex(chapters, released),
        SACRO: sacro(audit._replace(result=released)),
    }
    if decision is None:
        return texts
    policy = decision.policy.model_dump(mode="json", exclude_none=True)
    return texts | {
        GATE: decision.to_json(),
        DECISION: markdown(decision),
        POLICY: yaml.safe_dump(policy, sort_keys=False),
    }
