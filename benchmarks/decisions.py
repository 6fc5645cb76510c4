"""Seconds that decisions on a large finished audit take beyond the audit.

    PYTHONPATH=tests python benchmarks/decisions.py [--records 50000] [--attacks 10] [--groups 20]

The scores are made up: what is measured does not depend on where they come from.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gate_worlds import gaussian_audit
from miaudit.decisions.compare import compare
from miaudit.decisions.explain import explain
from miaudit.decisions.export import export
from miaudit.decisions.exposed import exposed
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.release import release
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.verify import verify
from miaudit.evidence import Panel
from miaudit.report.html import render
from miaudit.report.pack import write_pack

MODELS = 32  # of the pool
RULES: tuple[dict[str, Any], ...] = (
    {"measure": "auc", "limit": 0.6},
    {"measure": "tpr_at_fpr", "fpr": 0.01, "limit": 0.05},
    {"measure": "precision", "recall": 0.2, "limit": 0.7},
    {"measure": "epsilon", "limit": 1.0},
    {"measure": "named_records", "precision": 0.98, "limit": 50},
)


class Timed(NamedTuple):
    """One decision and how long it took."""

    what: str
    seconds: float  # on the wall
    processor: float  # of the processor; less than those on the wall where something else runs


def decisions(audit: SavedAudit, earlier: SavedAudit) -> Iterator[Timed]:
    """The time of each decision."""
    every = Policy.parse({"rules": [*RULES, *(rule | {"group_by": "ward"} for rule in RULES)]})
    yield _timed("gate: every measure, overall and by group", lambda: gate(audit, every))
    yield _timed("gate: regression", lambda: gate(audit, Policy.of("regression"), earlier))
    yield _timed("compare: two audits", lambda: compare(earlier._replace(name="earlier"), [audit]))
    leaks = audit.result.verdict.model_copy(update={"level": "leaks"})  # nobody is named otherwise
    audit = audit._replace(result=audit.result.model_copy(update={"verdict": leaks}))
    record, panel = str(audit.needs_scores("a benchmark")["id"][0]), _panel(audit)
    yield _timed("exposed: who can be named", lambda: exposed(audit, 0.9))
    yield _timed(f"explain: one record, {MODELS} models", lambda: explain(audit, record, panel))
    yield _timed(f"explain: all records, {MODELS} models", lambda: export(audit, panel))
    yield _timed("release: the result", lambda: release(audit))
    released = release(audit)
    yield _timed("release: the page", lambda: render(released, None))
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack.zip"
        yield _timed("pack, with the gate", lambda: write_pack(audit, pack.parent, pack, gate(audit, every), 10))
        yield _timed("verify", lambda: verify(pack))


def _panel(audit: SavedAudit) -> Panel:
    """Outputs of a pool of models on the audit's records, drawn at random."""
    rng, records = np.random.default_rng(1), audit.needs_scores("a benchmark").num_rows
    return Panel.of(
        target=rng.normal(size=(records, 10)),
        labels=rng.integers(0, 10, records),
        references=rng.normal(size=(MODELS, records, 10)),
        in_reference=rng.random((MODELS, records)) < 0.5,
    )


def _timed(what: str, decide: Callable[[], object]) -> Timed:
    begin, used = time.perf_counter(), time.process_time()
    decide()
    return Timed(what, time.perf_counter() - begin, time.process_time() - used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--attacks", type=int, default=10)
    parser.add_argument("--groups", type=int, default=20)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    names = tuple(f"attack {k}" for k in range(given.attacks))
    audit, earlier = (gaussian_audit(rng, given.records, 0.3, names, given.groups) for _ in range(2))
    for each in decisions(audit, earlier):
        print(f"{each.what:<45} {each.seconds:6.2f} s, of the processor {each.processor:6.2f} s")


if __name__ == "__main__":
    main()
