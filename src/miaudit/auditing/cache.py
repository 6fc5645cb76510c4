"""Stores the results of attacks, which are reused as long as nothing changes on which they depend."""

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from miaudit import registry
from miaudit.arrays import Tensors
from miaudit.attacks.base import Attack, Cut
from miaudit.auditing.provenance import library_versions
from miaudit.auditing.scoring import Judged, Rule
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.source import source_of
from miaudit.store.base import Store

SCORING_FOLDERS = (
    "arrays.py",
    "seeds.py",
    "model_outputs.py",
    "maths",
    "signals",
    "evidence",
    "defences",
    "attacks",
    "thresholds",
    "auditing",
)


@cache
def scoring_code() -> str:
    """Hash of the source that turns outputs into scores: an edit there makes all stored results void."""
    package = Path(__file__).parents[1]
    files = [file for name in SCORING_FOLDERS for file in sorted(_sources(package / name))]
    return fingerprint([file.read_text(encoding="utf-8") for file in files], library_versions())


def _sources(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))


def judged_key(name: str, attack: Attack, threshold: Rule, evidence_key: str, seed: int) -> str:
    """Name of the stored judgement: attack and threshold with parameters and source, evidence, code and seed.

    The source of signals from other packages, which any attack may read, is among it.
    """
    source = source_of(attack, threshold, *(registry.find("signals", signal) for signal in registry.foreign("signals")))
    source.warn(f"scores of {name}")
    told = [list(part) for part in (source.values, source.own, source.releases)]
    return fingerprint("judged", scoring_code(), name, told, evidence_key, seed)


def load_judged(store: Store, key: str, records: int) -> Judged | None:
    """Load a stored judgement of that many records; None if there is none.

    An entry that holds something else counts as damaged. A store that cannot be read counts as empty, since scores can
    be computed again.
    """
    try:
        tensors = store.get(key)
    except UserError:
        return None
    if tensors is None:
        return None
    try:
        return _judged(tensors, records)
    except (KeyError, ValueError, TypeError, RecursionError):
        store.discard(key)
        return None


def _judged(tensors: Tensors, records: int) -> Judged:
    facts: dict[str, Any] = json.loads(tensors["facts"].tobytes())
    cut = None if facts["cut"] is None else _cut(**facts["cut"])
    scores, learned = tensors["scores"], facts["learned"]
    if scores.shape != (records,) or scores.dtype != np.float64 or not np.isfinite(scores).all():
        raise ValueError("no scores of these records")
    if not isinstance(learned, dict):
        raise TypeError("what an attack learned has names")
    return Judged(scores, cut, learned)


def save_judged(store: Store, key: str, judged: Judged) -> None:
    """Store a judgement for the next audit; if the store cannot be written to, this only warns."""
    facts = {"cut": None if judged.cut is None else judged.cut._asdict(), "learned": judged.learned}
    encoded = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    try:
        store.put(key, {"scores": judged.scores, "facts": encoded}, {"kind": "judged"})
    except UserError as error:
        warnings.warn(f"scores are not kept for later audits: {error}", stacklevel=2)


def _cut(value: float, rule: str, constraint_met: bool, by_class: list[list[Any]]) -> Cut:
    """Turn the lists that JSON made of a cut's tuples back into tuples."""
    classes = tuple((int(label), float(of_class)) for label, of_class in by_class)
    return Cut(float(value), str(rule), bool(constraint_met), classes)
