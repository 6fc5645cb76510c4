"""Whether other references, or signals that only a model's owner has, make attacks stronger for the same money.

    python benchmarks/references.py [--worlds digits location30 adult] [--sizes 2 4 8]
    python benchmarks/references.py --page

Worlds, targets and pools are those of `benchmarks/strength.py`. A candidate is compared with the pool of plain
references on the same targets and records. Models are trained one after another on one thread, and asked at ten
checkpoints; finished ones lie in --runs, so a run that was stopped goes on where it was. Results are kept in
benchmarks/results/references, and `--page` writes them into docs/references.md.
"""

import argparse
import os
import shlex
import sys
import time
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from _references_bank import MOST, POOL, Bank
from _references_candidates import Candidate, candidates
from _references_measure import scores, seconds_of, truth
from _references_page import write_page
from _references_results import POOL_ALONE, Line, Results, line
from _strength_models import SEED, train
from _strength_results import provenance
from _strength_worlds import WORLDS, World
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root
from miaudit.training.recipe import Recipe

SIZES = (2, 4, MOST)
BEYOND = (2 * MOST,)  # models in a pool to which nothing is added
CHOSEN = ("digits", "location30", "adult")


def run(world: World, options: argparse.Namespace) -> None:
    """Train what is missing, measure every candidate, and keep the results."""
    start = time.monotonic()
    if not isinstance(world.recipe, Recipe):
        raise SystemExit(f"{world.name} has no networks: choose among {', '.join(CHOSEN)}")
    options.runs.mkdir(parents=True, exist_ok=True)
    models = train(replace(world, is_apart=False), LocalStore(options.store), 0, POOL)
    bank = Bank(models, world.recipe, options.runs)
    results = Results.read(world.name) or Results(world.name, world.records, seconds_of(bank))
    for size in (*options.sizes, *BEYOND):
        for candidate in candidates():
            able = size <= candidate.most or candidate.name == POOL_ALONE
            if able and any(fnmatchcase(candidate.name, name) for name in options.only):
                results.put(measured(bank, candidate, size, results))
        command = shlex.join(["python", "benchmarks/references.py", *sys.argv[1:]])
        results.made = provenance(command, SEED, time.monotonic() - start)
        results.write()


def measured(bank: Bank, candidate: Candidate, size: int, results: Results) -> list[Line]:
    """The rates of each attack with a candidate."""
    lines = []
    for attack in candidate.attacks:
        found = scores(bank, candidate, attack, size)
        if found is not None:
            place = candidate.name, attack
            lines.append(line(place, size, candidate.price(results.seconds, size), found, truth(bank)))
            rates = "{:6.2f} {:6.2f} {:.4f}".format(*lines[-1].mean())
            print(f"  N = {size}  {candidate.name:50} {attack:10} {rates}", flush=True)
    return lines


def main() -> None:
    """Train, attack, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    parser.add_argument("--store", type=Path, default=store_root())
    parser.add_argument("--runs", type=Path, default=store_root().with_name("references"), help="where runs are kept")
    parser.add_argument("--worlds", nargs="*", default=CHOSEN, choices=[world.name for world in WORLDS])
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, choices=SIZES)
    parser.add_argument(
        "--only", nargs="*", default=[""], help="measure candidates whose names begin with one of these"
    )
    parser.add_argument("--page", action="store_true", help="write docs/references.md from the results, run nothing")
    options = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = options.data_root
    if options.page:
        write_page(CHOSEN)
        return
    for world in WORLDS:
        if world.name in options.worlds:
            print(world.name, flush=True)
            run(world, options)


if __name__ == "__main__":
    main()
