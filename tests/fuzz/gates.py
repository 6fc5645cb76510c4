"""Policies in YAML, and finished audits that a gate is asked about."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from numpy.random import Generator

from fuzz.cases import Case
from fuzz.documents import YAMLS, example
from fuzz.mutate import damaged_bytes, damaged_structure

POLICY: dict[str, Any] = {
    "title": "ours",
    "confidence": 0.95,
    "rules": [
        {"measure": "auc", "limit": 0.6, "attacks": ["lira"], "group_by": "label"},
        {"measure": "tpr_at_fpr", "fpr": 0.1, "limit": 0.5},
        {"measure": "named_records", "precision": 0.9, "limit": 5},
    ],
    "require": {"members": 10, "controls": True, "attacks": ["loss"]},
}
WORDS = ("gate", ".", "--policy", "policy.yaml", "--junit", "gate.xml", "--sarif", "gate.sarif", "--summary", "s.md")


def gates(rng: Generator) -> Iterator[Case]:
    """All cases on gates."""
    result, scores = example()
    plain, text = yaml.safe_dump(POLICY).encode(), json.dumps(result).encode()
    yield _gate("valid", plain, text, scores)
    for i, (content, _) in enumerate(YAMLS):
        yield _gate(f"document {i}", content.encode(), text, scores)
    for i in range(40):
        changed = yaml.safe_dump(damaged_structure(POLICY, rng))
        yield _gate(f"structure {i}", changed.encode("utf-8", "surrogatepass"), text, scores)
    for i in range(20):
        yield _gate(f"bytes {i}", damaged_bytes(plain, rng), text, scores)
        yield _gate(f"scores {i}", plain, text, damaged_bytes(scores, rng))
        yield _gate(f"result {i}", plain, json.dumps(damaged_structure(result, rng)).encode(), scores)


def _gate(title: str, policy: bytes, result: bytes, scores: bytes) -> Case:
    def write(folder: Path) -> None:
        for name, content in (("policy.yaml", policy), ("result.json", result), ("scores.parquet", scores)):
            (folder / name).write_bytes(content)

    return Case(f"gate: {title}", WORDS, write)
