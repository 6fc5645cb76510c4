"""Which attack is strongest, by data set and by the number of reference models.

    python benchmarks/strength.py [--data-root DIR] [--store DIR] [--out docs/strength.md]
    python benchmarks/strength.py --views 8 --sizes 8 16 [--worlds digits_cnn adult]

With `--views N` every model is also asked about N further views of each record, and attacks that read views are shown
with and without them. Models and outputs are kept in the store: a run that was stopped goes on where it was.

A pool of 32 models over the same records, and four targets outside it; the pool of N is the first N models of it. Every
attack sees the same evidence. The table shows TPR at 1 % and 0.1 % FPR in per cent: mean (spread) over the targets.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier

import miaudit
from miaudit import registry
from miaudit.attacks.base import Attack, check_needs
from miaudit.auditing.collect import Collector, auxiliary_query, stored_outputs
from miaudit.auditing.provenance import library_versions
from miaudit.auditing.viewed import given_for
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.models.mlp import Mlp
from miaudit.models.small_cnn import SmallCnn
from miaudit.running.local import run_local
from miaudit.running.work import Work
from miaudit.seeds import child_seed, generator
from miaudit.splits.base import Split, no_rows
from miaudit.splits.pool import pool_over
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root
from miaudit.training.base import AnyRecipe
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Method
from miaudit.training.recipe import Recipe
from miaudit.views.search import views_of

SIZES = (2, 4, 8, 16, 32)
TARGETS = 4
FPRS = (0.01, 0.001)
WITH_VIEWS = ("base_ratio", "ensemble", "gap", "label_only", "lira", "rmia")
FORCED: dict[str, dict[str, Any]] = {"base_ratio": {"views": "mean"}, "lira": {"views": "multivariate"}}  # not chosen
SEED = 0


@dataclass(frozen=True)
class World:
    """A data set, how many of its records are audited, and how its models are trained."""

    name: str
    dataset: str
    records: int
    recipe: AnyRecipe


WORLDS = (
    World(
        "digits_cnn",
        "digits",
        1600,
        Recipe(model=SmallCnn(channels=(24,)), learning_rate=3e-3, batch_size=32, epochs=30),
    ),
    World(
        "digits_crop",
        "digits",
        1600,
        Recipe(model=Mlp(hidden=(128,)), learning_rate=3e-3, batch_size=32, epochs=100, crop_padding=1),
    ),
    World("digits", "digits", 1600, Recipe(model=Mlp(hidden=(128,)), learning_rate=3e-3, batch_size=32, epochs=60)),
    World(
        "location30", "location30", 4500, Recipe(model=Mlp(hidden=(256,)), learning_rate=1e-3, batch_size=32, epochs=40)
    ),
    World(
        "adult",
        "adult",
        16280,
        Recipe(
            model=Mlp(hidden=(216,)),
            optimizer="sgd",
            learning_rate=0.1,
            momentum=0.9,
            nesterov=True,
            schedule="cosine",
            epochs=45,
            batch_size=64,
        ),
    ),
    World("adult_forest", "adult", 4000, EstimatorRecipe.of(RandomForestClassifier(n_estimators=100))),
)


@dataclass(frozen=True, eq=False)
class Models:
    """A trained pool, and the targets outside it."""

    data: Dataset
    split: Split
    pool: tuple[Work, ...]
    targets: tuple[Work, ...]
    store: LocalStore

    def evidence(self, models: int, target: int) -> tuple[Evidence, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Evidence against a target with the first `models` of the pool, and the truth."""
        work = self.targets[target]
        whole = self.split
        rows = whole.audited
        split = replace(
            pool_over(whole.members, whole.nonmembers, models, models, SEED, population=whole.population),
            members=np.intersect1d(rows, work.job.rows),
            nonmembers=np.setdiff1d(rows, work.job.rows),
        )
        labels, pool = self.data.y[work.query], self.pool[:models]
        (outputs, *of_views), (auxiliary, *auxiliary_views) = (
            [stored_outputs(works, labels, self.store, view) for view in range(len(work.keys))]
            for works in ((work,), pool)
        )
        further = tuple(of_views), tuple(auxiliary_views)
        collector = Collector(self.data, split, outputs, work.query, auxiliary, work.query, *further)
        evidence, truth, _ = collector.evidence(no_rows())
        return evidence, truth


def train(world: World, store: LocalStore, views: int, largest: int) -> Models:
    """Train, or find, the largest pool and the targets; ask them about the records and so many views of them."""
    data: Dataset = registry.build("datasets", world.dataset, {}).load()
    order = generator(SEED, "strength").permutation(len(data))
    rows, population = np.sort(order[: world.records]), np.sort(order[world.records :][:4000])
    half = world.records // 2
    split = pool_over(rows[:half], rows[half:], max(SIZES), max(SIZES), SEED, population=population)
    query = auxiliary_query(split)
    method = Method.of(world.recipe, data)
    further = views_of(given_for(data, world.recipe, SEED), views)

    def work(name: str, m: int, inside: np.ndarray[Any, np.dtype[np.int64]]) -> Work:
        seed = child_seed(SEED, "strength", name, m)
        return Work(method.job(inside, seed), query, further)

    pool = tuple(work("pool", m, inside) for m, inside in enumerate(split.training[:largest]))
    halves = [np.sort(generator(SEED, "target", t).choice(rows, half, replace=False)) for t in range(TARGETS)]
    targets = tuple(work("target", t, inside) for t, inside in enumerate(halves))
    run_local([*pool, *targets], data, store, progress=_say)
    return Models(data, split, pool, targets, store)


def _say(stage: str, done: int, total: int) -> None:
    if done == total or done % 12 == 0:
        print(f"  {stage}: {done} of {total}", flush=True)


def tpr(scores: np.ndarray[Any, Any], member: np.ndarray[Any, Any], fpr: float) -> float:
    """The largest TPR whose FPR does not exceed the limit."""
    outside = np.sort(scores[~member])[::-1]
    allowed = int(np.floor(fpr * len(outside)))
    return float((scores[member] > outside[allowed]).mean())


def measure(models: Models, size: int) -> dict[str, np.ndarray[Any, Any]]:
    """(targets, FPRs) of every attack that applies."""
    everything: dict[str, Attack] = {name: registry.build("attacks", name, {}) for name in registry.names("attacks")}
    everything["lira[mode=offline]"] = registry.build("attacks", "lira", {"mode": "offline"})
    del everything["kde"]  # it needs known members, which would leave fewer to audit
    found: dict[str, list[list[float]]] = {}
    for target in range(TARGETS):
        evidence, truth = models.evidence(size, target)
        for name, attack in everything.items():
            if not _applies(name, attack, evidence):
                continue
            scores = attack.score(evidence, generator(SEED, "attack", name))
            found.setdefault(name, []).append([tpr(scores, truth, fpr) for fpr in FPRS])
    return {name: np.array(values) for name, values in found.items()}


def measure_views(models: Models, size: int) -> dict[str, np.ndarray[Any, Any]]:
    """(targets, FPRs) of the attacks that read views, with no further views and with all."""
    found: dict[str, list[list[float]]] = {}
    for target in range(TARGETS):
        evidence, truth = models.evidence(size, target)
        alone = evidence.each(lambda panel: replace(panel, views=()))
        count = len(evidence.audit.views)
        runs: list[tuple[str, str, dict[str, Any], Evidence]] = [(name, name, {}, alone) for name in WITH_VIEWS]
        runs += [(f"{name}, {count} views", name, {}, evidence) for name in WITH_VIEWS if name != "gap"]
        runs += [(f"{name}, {count} views, always", name, options, evidence) for name, options in FORCED.items()]
        for title, name, options, seen in runs:
            attack: Attack = registry.build("attacks", name, options)
            if _applies(name, attack, seen):
                scores = attack.score(seen, generator(SEED, "attack", name))
                found.setdefault(title, []).append([tpr(scores, truth, fpr) for fpr in FPRS])
    return {name: np.array(values) for name, values in found.items()}


def _applies(name: str, attack: Attack, evidence: Evidence) -> bool:
    try:
        check_needs(name, attack, evidence)
    except UserError:
        return False
    return True


def table(results: dict[int, dict[str, np.ndarray[Any, Any]]]) -> Iterator[str]:
    """Markdown: one row per attack, a column a pool size."""
    yield "| attack | " + " | ".join(f"N = {size}" for size in results) + " |"
    yield "| --- |" + " --- |" * len(results)
    names = sorted({name for result in results.values() for name in result})
    best = {
        size: {i: max(v[:, i].mean() for v in result.values()) for i in range(2)} for size, result in results.items()
    }
    for name in names:
        cells = []
        for size, result in results.items():
            if name not in result:
                cells.append("-")
                continue
            mean, spread = result[name].mean(axis=0) * 100, result[name].std(axis=0, ddof=1) * 100
            parts = [f"{mean[i]:.1f} ({spread[i]:.1f})" for i in range(2)]
            marked = [f"**{p}**" if result[name][:, i].mean() >= best[size][i] else p for i, p in enumerate(parts)]
            cells.append(" / ".join(marked))
        yield f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Train, attack, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    parser.add_argument("--store", type=Path, default=store_root())
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = arguments.data_root
    start = time.monotonic()
    lines = [
        "# Strength of the attacks",
        "",
        "TPR at 1 % FPR / at 0.1 % FPR in per cent, mean (standard deviation) over four targets outside the pool; in "
        "bold the highest mean of a column. With fewer than 1,000 non-members the second figure is the TPR without a "
        "false positive.",
        "",
    ]
    for world in WORLDS:
        if world.name not in arguments.worlds:
            continue
        print(world.name, flush=True)
        models = train(world, LocalStore(arguments.store), arguments.views, max(arguments.sizes))
        results = {}
        for size in arguments.sizes:
            results[size] = measure_views(models, size) if arguments.views else measure(models, size)
            print(f"  N = {size}: {time.monotonic() - start:.0f} s", flush=True)
        lines += [f"## {world.name}, {world.records:,} records, half of them members", "", *table(results), ""]
    versions = ", ".join(f"{name} {version}" for name, version in library_versions().items())
    command = " ".join(["python benchmarks/strength.py", *sys.argv[1:]])
    lines += [
        f"`{command}`, seed {SEED}, {datetime.now(UTC):%Y-%m-%d}, miaudit {miaudit.__version__}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {versions}, "
        f"{time.monotonic() - start:.0f} s."
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
