"""Are records members as often as `ensemble` makes of its scores? On the models of benchmarks/strength.py.

    python benchmarks/odds.py [--worlds digits adult] [--sizes 4 8 apart]

Half of the records are members of the target. So the likelihood ratio of a record's score, which `explain` estimates on
the shadows, stands for a chance that it is one. Records of all targets are sorted into bins by that chance; in each bin
the share of members should be the mean chance. The first table takes the scores themselves for logarithms of ratios.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from _strength_attacks import settings_of
from _strength_models import APART, SEED, TARGETS, Models, Setting, train
from _strength_worlds import WORLDS
from miaudit.arrays import Bools, Floats
from miaudit.attacks.ensemble import Ensemble
from miaudit.auditing.scoring import judge
from miaudit.maths.odds import Odds
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root
from miaudit.thresholds.best_accuracy import BestAccuracy

EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)


class Read(NamedTuple):
    """The records of one target."""

    scores: Floats  # (n,)
    log_ratio: Floats  # (n,)
    member: Bools  # (n,)


def read(models: Models, setting: Setting) -> Iterator[Read]:
    """Scores of every target's records, and what they are worth."""
    for target in range(TARGETS):
        evidence, member = models.evidence(setting, target)
        found = judge("ensemble", Ensemble(), evidence, BestAccuracy(), SEED)
        yield Read(found.scores, Odds(**found.learned["log_ratio"]).log_ratio(found.scores), member)


def table(title: str, log_ratio: Floats, member: Bools) -> str:
    """Mean chance and share of members in each bin, in per cent, and the mean distance of the two."""
    chance = expit(log_ratio)
    place = np.clip(np.searchsorted(EDGES, chance, side="right") - 1, 0, len(EDGES) - 2)
    lines, distance = [], 0.0
    for b, (low, high) in enumerate(pairwise(EDGES)):
        inside = place == b
        if inside.any():
            said, true = 100 * float(chance[inside].mean()), 100 * float(member[inside].mean())
            distance += abs(said - true) * float(inside.mean())
            lines.append(f"| {100 * low:g} to {100 * high:g} % | {inside.sum():,} | {said:.1f} | {true:.1f} |")
    head = f"{title}: {distance:.1f} points apart on average"
    return "\n".join([head, "| chance | records | mean chance | members |", "| --- | --- | --- | --- |", *lines])


def main() -> None:
    """Score, read, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-root", default=os.environ.get("MIAUDIT_DATA", "datasets"))
    parser.add_argument("--worlds", nargs="*", default=[world.name for world in WORLDS])
    parser.add_argument("--sizes", nargs="*", default=["4", "8", APART], help="numbers of models, or apart")
    options = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = options.data_root
    found: list[Read] = []
    for world in (world for world in WORLDS if world.name in options.worlds):
        settings = [setting for setting in settings_of(world) if str(setting) in options.sizes]
        models = train(world, LocalStore(store_root()), 0, max([2, *(size for size in settings if size != APART)]))
        for setting in settings:
            parts = list(read(models, setting))
            found += parts
            slopes = [np.polyfit(part.scores, part.log_ratio, 1)[0] for part in parts]
            print(f"{world.name}, {setting}: slope {np.mean(slopes):.2f}", flush=True)
    member = np.concatenate([part.member for part in found])
    print(table("scores", np.concatenate([part.scores for part in found]), member))
    print(table("log ratios", np.concatenate([part.log_ratio for part in found]), member))


if __name__ == "__main__":
    main()
