"""What attacks and their cuts cost in an audit of a small model: a pool of 32 logistic regressions on 4,000 records.

    python benchmarks/attack_stage.py [--models 32] [--shadows 16] [--members 2000] [--attacks ldc shadow]

Records of Adult, half of them the target's members; the pool is drawn over all of them. CPU seconds in one process: the
scores, then the cut on the shadows, which cross-fits attacks that learn. The last column is the strength.
"""

import argparse
import os
import time
import warnings
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from miaudit import registry
from miaudit.auditing.scoring import choose_cut, score
from miaudit.datasets.base import Dataset
from miaudit.evidence import Evidence, Outputs
from miaudit.evidence.collect import Collector
from miaudit.seeds import generator
from miaudit.splits.base import no_rows
from miaudit.splits.pool import pool_over

SEED = 0
SKIPPED = ("kde",)  # it needs known members


def world(members: int, models: int, shadows: int) -> tuple[Evidence, Any]:
    """Evidence against a logistic regression, and the truth."""
    data: Dataset = registry.build("datasets", "adult", {}).load()
    rows = np.sort(generator(SEED, "rows").choice(len(data), 2 * members + 1000, replace=False))
    x, y = data.x[rows], data.y[rows]
    audited, population = np.arange(2 * members), np.arange(2 * members, len(rows))
    inside = np.sort(generator(SEED, "members").choice(audited, members, replace=False))
    split = pool_over(inside, np.setdiff1d(audited, inside), models, shadows, SEED, population=population)
    everything = np.arange(len(rows))
    target, *pool = (_logits(x, y, np.asarray(part)) for part in (inside, *split.training))
    small = Dataset(name="adult", x=x, y=y, classes=data.classes)
    collector = Collector(small, split, Outputs(y, [target]), everything, Outputs(y, pool), everything)
    evidence, truth, _ = collector.evidence(no_rows())
    return evidence, truth


def _logits(x: Any, y: Any, rows: Any) -> Any:
    """(n, 2) log-probabilities on all records of a model trained on some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it need not converge
        model = LogisticRegression(C=100.0, max_iter=60).fit(x[rows], y[rows])
    return np.stack([np.zeros(len(x)), model.decision_function(x)], axis=1)


def main() -> None:
    """Time every attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--models", type=int, default=32)
    parser.add_argument("--shadows", type=int, default=16)
    parser.add_argument("--attacks", nargs="*", default=[n for n in registry.names("attacks") if n not in SKIPPED])
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    arguments = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = arguments.data_root
    evidence, truth = world(arguments.members, arguments.models, arguments.shadows)
    rule = registry.build("thresholds", "fixed_fpr", {})
    print(f"{'attack':18} {'score':>7} {'cut':>7}   CPU seconds; TPR at 1 % FPR")
    total = 0.0
    for name in arguments.attacks:
        attack = registry.build("attacks", name, {})
        start = time.process_time()
        scores = score(name, attack, evidence, SEED)
        scored = time.process_time()
        choose_cut(name, attack, evidence, rule, SEED)
        end = time.process_time()
        total += end - start
        outside = np.sort(scores[~truth])[::-1]
        tpr = float((scores[truth] > outside[len(outside) // 100]).mean())
        print(f"{name:18} {scored - start:7.2f} {end - scored:7.2f}   {100 * tpr:.1f} %", flush=True)
    print(f"{'all':18} {total:7.2f}")


if __name__ == "__main__":
    main()
