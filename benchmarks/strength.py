"""Which attack is strongest, by data set and by the number of reference models.

    python benchmarks/strength.py [--worlds digits adult] [--sizes 2 8 apart] [--attacks ensemble rmia]
    python benchmarks/strength.py --page
    python benchmarks/strength.py --views 8 --sizes 8 16 [--worlds digits_cnn adult] [--labels-only]
    python benchmarks/strength.py --students 4 16 4+2 4+4 [--worlds digits location30 adult]

Each world has a pool of models over the same records, and four targets outside it; the pool of N is its first N models.
The setting `apart` is one shadow and one reference that were trained on other records. Every attack sees the same
evidence. Models and outputs are kept in the store, scores in --scores, results in benchmarks/results/strength: a run
that was stopped goes on where it was, and a run with few attacks compares them with what is kept of the others. With
--dry, results are shown and not kept. `--page` writes docs/strength.md from the results.

With `--views N` every model is also asked about N further views of each record, and attacks that read views are shown
with and without them. With `--labels-only`, the views are those made for attacks on labels alone, which are shown.

With `--students`, `ensemble` attacks with pools of these sizes; with `MODELS+STUDENTS`, so many students of the target
and of each model of the pool; with `MODELS+STUDENTS/SHADOWS`, of so many of its models. The table is for
docs/references.md.
"""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from _strength_attacks import Scores, attack_all, attack_names, settings_of
from _strength_models import APART, SEED, Setting, train
from _strength_page import write_page
from _strength_results import Results, compare_settings, measure, provenance
from _strength_students import Lineup, measure_students, students_table
from _strength_tests import FPRS
from _strength_views import ON_LABELS, WITH_VIEWS, measure_views, views_table
from _strength_worlds import WORLDS, World
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root


def run(world: World, options: argparse.Namespace) -> None:
    """Train, attack, compare and keep the results, after each setting."""
    start = time.monotonic()
    chosen = [setting for setting in settings_of(world) if not options.sizes or setting in options.sizes]
    models = train(world, LocalStore(options.store), 0, max([2, *(size for size in chosen if size != APART)]))
    scores = Scores(options.scores / world.name)
    results = Results.read(world.name) or Results(world.name, world.records, world.models)
    results.records, results.models = world.records, world.models
    for setting in chosen:
        names = attack_all(models, setting, options.attacks, scores)
        measure(results, scores, setting, scores.attacks(setting))
        print("\n".join([f"  N = {setting}, {time.monotonic() - start:.0f} s", *shown(results, setting, names)]))
        sys.stdout.flush()
        keep(results, options, start)
    compare_settings(results, scores, world.sizes, world.largest, world.is_apart)
    keep(results, options, start)
    for line in [*results.few, *results.fewer]:
        print(
            f"    {line.attack}, N = {line.setting}: {line.first:.3f}; {line.other}, N = {line.other_setting}: "
            f"{line.second:.3f}; {line.verdict}"
        )


def keep(results: Results, options: argparse.Namespace, start: float) -> None:
    """Write the results, unless they are only to be shown."""
    if not options.dry:
        command = shlex.join(["python", "benchmarks/strength.py", *sys.argv[1:]])
        results.made = provenance(command, SEED, time.monotonic() - start)
        results.write()


def shown(results: Results, setting: Setting, names: list[str]) -> Iterator[str]:
    """Rates of the attacks that just ran, in per cent, and how `ensemble` compares with the best of all others."""
    for name in names:
        rates = results.rates[str(setting)][name]
        cells = " ".join(f"{100 * rates.mean(fpr):6.2f}" for fpr in FPRS)
        yield f"    {name:42} {cells}  AUC {sum(rates.auc) / len(rates.auc):.4f}"
    for line in results.against_best.get(str(setting), []):
        low, high = (100 * end for end in line.over_records)
        yield (
            f"    ensemble at {line.fpr:g}: {100 * line.first:.2f}, {line.other} {100 * line.second:.2f}, "
            f"over records [{low:.2f}, {high:.2f}]: {line.verdict}"
        )


def run_views(world: World, options: argparse.Namespace) -> None:
    """Attacks with and without views of the records, for docs/views.md."""
    sizes = [size for size in options.sizes or world.sizes if isinstance(size, int)]
    models = train(world, LocalStore(options.store), options.views, max(sizes), options.labels_only)
    names = ON_LABELS if options.labels_only else WITH_VIEWS
    print("\n".join(views_table({size: measure_views(models, size, names) for size in sizes})))


def run_students(world: World, options: argparse.Namespace) -> None:
    """`ensemble` with and without students, for docs/references.md."""
    models = train(world, LocalStore(options.store), 0, max(lineup.pool for lineup in options.students))
    print("\n".join(students_table(world.name, measure_students(models, world.recipe, options.students))), flush=True)


def setting_of(word: str) -> Setting:
    """A number of models, or `apart`."""
    return APART if word == APART else int(word)


def main() -> None:
    """Train, attack, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    parser.add_argument("--store", type=Path, default=store_root())
    parser.add_argument("--scores", type=Path, default=store_root().with_name("strength"), help="where scores are kept")
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    parser.add_argument("--sizes", nargs="*", type=setting_of, help="numbers of models, or apart")
    parser.add_argument("--attacks", nargs="*", default=attack_names())
    parser.add_argument("--dry", action="store_true", help="show results and do not keep them")
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--labels-only", action="store_true", help="with --views: those made for attacks on labels")
    parser.add_argument("--students", nargs="*", type=Lineup.of, help="pools such as 4, with students 4+2")
    parser.add_argument("--page", action="store_true", help="write docs/strength.md from the results, run nothing")
    options = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = options.data_root
    if options.page:
        write_page()
        return
    for world in WORLDS:
        if world.name in options.worlds:
            print(world.name, flush=True)
            chosen = run_students if options.students else run_views if options.views else run
            chosen(world, options)


if __name__ == "__main__":
    main()
