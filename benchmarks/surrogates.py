"""What an audit loses where it is not known how the target was trained, and surrogates stand in.

    python benchmarks/surrogates.py [--records 500] [--models 16] [--jobs 1] [--out docs/own_training.md]

Each target is audited twice on the same records: with its own parameters, and as a function of which only the
probabilities are seen. The targets are none of the surrogates.
"""

import argparse
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import miaudit
from _page import BEGIN, END, put_numbers, written_by
from miaudit.arrays import Floats
from miaudit.datasets.adult import Adult
from miaudit.datasets.base import Dataset
from miaudit.datasets.location30 import Location30
from miaudit.seeds import generator
from miaudit.surrogates.candidates import Network

ATTACKS = ("lira", "attack_r", "loss")
FPR = "0.01"
HEADER = ("records", "target", "attack", "AUC, known", "AUC, surrogate", "TPR, known", "TPR, surrogate", "surrogate")


class Case(NamedTuple):
    """Records, and a target that is trained on half of them."""

    data: Dataset
    name: str
    target: Any


def cases() -> list[Case]:
    """The targets, whose parameters differ from those of all surrogates."""
    adult, location = Adult().load(), Location30().load()
    network = make_pipeline(StandardScaler(), Network((64, 64), max_iter=60, n_iter_no_change=60, random_state=0))
    return [
        Case(adult, "forest of 200 trees", RandomForestClassifier(200, random_state=0)),
        Case(
            adult,
            "150 boosting rounds at rate 0.2",
            HistGradientBoostingClassifier(max_iter=150, learning_rate=0.2, random_state=0),
        ),
        Case(adult, "network 64-64, 60 epochs", network),
        Case(location, "forest of 200 trees", RandomForestClassifier(200, random_state=0)),
        Case(location, "network 64-64, 60 epochs", network),
    ]


def rows(case: Case, records: int, models: int, jobs: int) -> list[tuple[str, ...]]:
    """A row an attack."""
    chosen = generator(0, "surrogates").permutation(len(case.data))[: 2 * records]
    x, y = case.data.x[chosen].astype(np.float64), case.data.y[chosen]
    members, nonmembers = (x[:records], y[:records]), (x[records:], y[records:])
    target = case.target.fit(*members)

    def hidden(asked: Floats) -> Floats:
        probabilities: Floats = target.predict_proba(asked)
        return probabilities

    with TemporaryDirectory() as store:
        options: dict[str, Any] = {"attacks": ATTACKS, "models": models, "shadows": 2, "store": store, "jobs": jobs}
        known = miaudit.audit(target, members, nonmembers, **options).result
        searched = miaudit.audit(hidden, members, nonmembers, **options).result
    references = searched.references
    chosen_words = "" if references is None or references.surrogate is None else references.surrogate.chosen
    found = []
    for attack in ATTACKS:
        one, other = known.attacks[attack], searched.attacks[attack]
        aucs = [f"{each.auc.value:.3f}" for each in (one, other)]
        tprs = [f"{100 * (each.tpr_at_fpr[FPR].value or 0):.1f} %" for each in (one, other)]
        found.append((case.data.name, case.name, attack, *aucs, *tprs, chosen_words))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=500)
    parser.add_argument("--models", type=int, default=16)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    start = time.monotonic()
    lines = ["| " + " | ".join(HEADER) + " |", "|" + "---|" * len(HEADER)]
    for case in cases():
        for row in rows(case, options.records, options.models, options.jobs):
            lines.append("| " + " | ".join(row) + " |")
            print(lines[-1], flush=True)
    command = f"python benchmarks/surrogates.py --records {options.records} --models {options.models}"
    told = written_by(command, time.monotonic() - start)
    words = (
        f"{options.records:,} members and non-members each, {options.models} reference models, TPR at an FPR of 1 %."
    )
    if options.out is not None:
        put_numbers(options.out, "\n".join([BEGIN, words, "", *lines, "", told, END]))


if __name__ == "__main__":
    main()
