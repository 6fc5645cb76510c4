"""How strong attacks are whose references saw none of the audited records, down to a single reference model.

    python benchmarks/offline.py [--worlds digits_few adult_forest]

On the models of benchmarks/strength.py. `1 reference` is the reference that was trained apart, alone; `1 shadow, 1
reference` adds the shadow. In a pool of 8, `rmia` reads for each record the 4 models that did not see it. TPR at 1 %
FPR / at 0.1 % FPR / AUC, in per cent: means over four targets.
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.stats import rankdata

from _strength_attacks import Candidate
from _strength_models import APART, SEED, TARGETS, Models, train
from _strength_worlds import WORLDS, World
from miaudit.arrays import Bools, Floats
from miaudit.evidence import Evidence
from miaudit.maths.ranks import area
from miaudit.metrics.fixed_rate import rate_at_limit
from miaudit.seeds import generator
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root

FPRS = (0.01, 0.001)
ALONE = ("base_ratio", "bavaria", "calibrated", "lira", "loss", "quantile", "rmia")
PAPERS = (Candidate.of("base_ratio", offline_a=1), Candidate.of("rmia", offline_a=0.3))
POOL = tuple(Candidate.of("rmia", mode="offline", offline_a=a) for a in ("auto", 0.3, 1))
COLUMNS = ("1 reference", "1 shadow, 1 reference", "pool of 8")
Cells = dict[tuple[str, str], list[list[float]]]  # (attack, column) -> figures of every target


def measure(models: Models, is_apart: bool) -> Cells:
    """The figures of every attack that can run."""
    found: Cells = {}
    for target in range(TARGETS):
        for column, evidence, truth in _settings(models, target, is_apart):
            chosen = POOL if column == COLUMNS[2] else (*map(Candidate.of, ALONE), *PAPERS)
            for candidate in (candidate for candidate in chosen if candidate.applies(evidence)):
                scores = candidate.build().score(evidence, generator(SEED, "attack", candidate.name))
                found.setdefault((candidate.name, column), []).append(_figures(scores, truth))
    return found


def _settings(models: Models, target: int, is_apart: bool) -> Iterator[tuple[str, Evidence, Bools]]:
    if is_apart:
        evidence, truth = models.evidence(APART, target)
        yield COLUMNS[0], replace(evidence, shadows=(), shadow_populations=()), truth
        yield COLUMNS[1], evidence, truth
    yield COLUMNS[2], *models.evidence(8, target)


def _figures(scores: Floats, truth: Bools) -> list[float]:
    rates = [rate_at_limit(scores[truth], scores[~truth], fpr).above / int(truth.sum()) for fpr in FPRS]
    return [*rates, float(area(rankdata(scores), truth))]


def table(found: Cells) -> Iterator[str]:
    """Markdown: one row an attack, one column a setting."""
    yield "| attack | " + " | ".join(COLUMNS) + " |"
    yield "| --- |" + " --- |" * len(COLUMNS)
    for name in sorted({name for name, _ in found}):
        yield f"| {name} | " + " | ".join(_cell(found.get((name, column))) for column in COLUMNS) + " |"


def _cell(figures: list[list[float]] | None) -> str:
    return "-" if figures is None else " / ".join(f"{100 * mean:.1f}" for mean in np.mean(figures, axis=0))


def run(world: World) -> None:
    """Train, or find, the models of a world, and print its table."""
    models = train(world, LocalStore(store_root()), 0, 8)
    print("\n".join([f"{world.name}:", "", *table(measure(models, world.is_apart)), ""]), flush=True)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    options = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = options.data_root
    for world in (world for world in WORLDS if world.name in options.worlds):
        run(world)


if __name__ == "__main__":
    main()
