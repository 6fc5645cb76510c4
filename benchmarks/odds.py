"""Are records members as often as `ensemble` makes of its scores? On the models of benchmarks/strength.py.

    python benchmarks/odds.py [--worlds digits adult] [--sizes 4 8 apart] [--targets 4] [--keep FOLDER]

Half of the records are members of the target. So the likelihood ratio of a record's score, which `explain` estimates on
the shadows, stands for a chance that it is one. Records of all targets are sorted into bins by that chance; in each bin
the share of members should be the mean chance. The first table takes the scores themselves for logarithms of ratios.

Two slopes are printed for each number of models: of the estimated log ratio over the score, and of a logistic
regression of membership on the estimated log ratio. The second is below 1 where the estimate is too sure. With a folder
to keep records in, a run that was stopped goes on where it was.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from _strength_attacks import settings_of
from _strength_models import APART, SEED, TARGETS, Models, Setting, train
from _strength_worlds import WORLDS, World
from miaudit.arrays import Bools, Floats
from miaudit.attacks.ensemble import Ensemble
from miaudit.auditing.scoring import judge
from miaudit.maths.odds import Odds
from miaudit.store.local import LocalStore
from miaudit.store_root import store_root
from miaudit.thresholds.best_accuracy import BestAccuracy

EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)


class Read(NamedTuple):
    """The records of all targets."""

    scores: Floats  # (targets, n)
    log_ratio: Floats  # (targets, n)
    member: Bools  # (targets, n)

    @property
    def slope(self) -> float:
        """By how much the estimated log ratio grows with the score; mean over targets."""
        pairs = zip(self.scores, self.log_ratio, strict=True)
        return float(np.mean([np.polyfit(scores, ratio, 1)[0] for scores, ratio in pairs]))

    @property
    def true_slope(self) -> float:
        """By how much the log odds of membership grow with the estimated log ratio; below 1 if that is too sure."""
        fitted = LogisticRegression(C=np.inf).fit(self.log_ratio.reshape(-1, 1), self.member.ravel())
        return float(fitted.coef_[0, 0])


def read(models: Models, setting: Setting, targets: int) -> Read:
    """Scores of the records of the first targets, and what they are worth."""
    return Read(*(np.stack(part) for part in zip(*_targets(models, setting, targets), strict=True)))


def _targets(models: Models, setting: Setting, targets: int) -> Iterator[tuple[Floats, Floats, Bools]]:
    for target in range(targets):
        evidence, member = models.evidence(setting, target)
        found = judge("ensemble", Ensemble(), evidence, BestAccuracy(), SEED)
        yield found.scores, Odds(**found.learned["log_ratio"]).log_ratio(found.scores), member


def read_world(world: World, sizes: list[str], targets: int, folder: Path | None) -> Iterator[tuple[Setting, Read]]:
    """Records of a world's targets for each number of models; those that an earlier run kept are read again."""
    settings = [setting for setting in settings_of(world) if str(setting) in sizes]
    files = [None if folder is None else folder / f"{world.name}-{setting}.npz" for setting in settings]
    models = None
    for setting, file in zip(settings, files, strict=True):
        if file is not None and file.exists():
            yield setting, Read(**np.load(file))
            continue
        if models is None:
            models = train(world, LocalStore(store_root()), 0, max([2, *(n for n in settings if n != APART)]))
        found = read(models, setting, targets)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, **found._asdict())
        yield setting, found


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
    parser.add_argument("--targets", type=int, choices=range(1, TARGETS + 1), default=TARGETS)
    parser.add_argument("--keep", type=Path, help="folder for the records, from which a later run goes on")
    options = parser.parse_args()
    os.environ["MIAUDIT_DATA"] = options.data_root
    found: list[Read] = []
    for world in (world for world in WORLDS if world.name in options.worlds):
        for setting, part in read_world(world, options.sizes, options.targets, options.keep):
            found.append(part)
            slopes = f"slope {part.slope:.2f}, true slope {part.true_slope:.2f}"
            print(f"{world.name}, {setting}: {slopes}, {len(part.member)} targets", flush=True)
    scores, log_ratio, member = (np.concatenate([np.ravel(part[i]) for part in found]) for i in range(3))
    print(table("scores", scores, member))
    print(table("log ratios", log_ratio, member))


if __name__ == "__main__":
    main()
