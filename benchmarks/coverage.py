"""Do the intervals hold what they claim? Draws from laws whose truth is known, and counts.

    python benchmarks/coverage.py [--out docs/coverage.md] [--only NAME]

Under five minutes on two cores. A section is a function in SECTIONS; others may be added there.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from _coverage_attacks import guarantee, null_attacks
from _coverage_epsilon import epsilon_bound, tightness
from _coverage_many import quick_attacks
from _page import Section, markdown, percent, written_by
from miaudit.arrays import Bools, Floats
from miaudit.maths.normal import deviations
from miaudit.maths.ranks import wins
from miaudit.metrics.accuracy import balanced_accuracy
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.intervals import clopper_pearson
from miaudit.metrics.precision_recall import precision_at_recall
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.seeds import generator

Z = deviations(0.95)
NULL_WORLDS = 2000
DRAWS = 300
Draw = Callable[[np.random.Generator, int], Floats]


class World(NamedTuple):
    """Scores of members and of non-members, by a known law."""

    name: str
    members: Draw
    nonmembers: Draw

    def scores(self, rng: np.random.Generator, members: int, nonmembers: int) -> tuple[Floats, Bools]:
        """One draw, members first."""
        drawn = np.concatenate([self.members(rng, members), self.nonmembers(rng, nonmembers)])
        return drawn, np.arange(members + nonmembers) < members


def normal(shift: float) -> Draw:
    return lambda rng, n: rng.normal(shift, 1.0, n)


def rounded(shift: float, step: float) -> Draw:
    return lambda rng, n: np.round(rng.normal(shift, 1.0, n) / step) * step


def yes(share: float) -> Draw:
    return lambda rng, n: (rng.random(n) < share).astype(float)


def some_stand_out(share: float) -> Draw:
    return lambda rng, n: rng.normal(0.0, 1.0, n) + 20.0 * (rng.random(n) < share)


NULLS = (
    World("normal scores", normal(0.0), normal(0.0)),
    World("rounded to 0.5", rounded(0.0, 0.5), rounded(0.0, 0.5)),
    World("rounded to 1.5", rounded(0.0, 1.5), rounded(0.0, 1.5)),
    World("yes or no, 70 % yes", yes(0.7), yes(0.7)),
)


def covers(found: Quantity, truth: float) -> bool:
    low, high = found.low, found.high
    return low is not None and high is not None and low <= truth <= high


def width(found: Quantity) -> float:
    return float(found.high or 0.0) - float(found.low or 0.0)


def null_worlds() -> Section:
    rows: list[tuple[str, ...]] = []
    for world in NULLS:
        for records in (30, 150, 500, 2000):
            rng = generator(0, "null", world.name, records)
            drawn = [world.scores(rng, records, records) for _ in range(NULL_WORLDS)]
            areas = [auc(scores, member) for scores, member in drawn]
            bounds = [epsilon(scores, member).low or 0.0 for scores, member in drawn]
            accuracies = [balanced_accuracy(scores, member).low or 0.0 for scores, member in drawn]
            rows.append(
                (
                    world.name,
                    f"{records:,} + {records:,}",
                    percent(covers(area, 0.5) for area in areas),
                    percent(bound > 0.0 for bound in bounds),
                    percent(accuracy > 0.5 for accuracy in accuracies),
                )
            )
    text = (
        f"{NULL_WORLDS:,} worlds in each row in which nothing leaks. The 95 % interval of the AUC should hold 0.5 in "
        "at least 95 %; the 95 % lower bounds of epsilon and of the best balanced accuracy should pass 0 and 0.5 in at "
        "most 5 %. Shares near 5 % have themselves an error of one percentage point (two standard errors)."
    )
    header = ("scores", "records", "AUC interval holds 0.5", "epsilon bound above 0", "accuracy bound above 0.5")
    return Section("No leakage", text, header, rows)


def ideal_width(shift: float, fpr: float, members: int, nonmembers: int) -> float:
    """Width of the normal interval of one who knows the ROC curve between N(shift, 1) and N(0, 1), but not the cut."""
    cut = stats.norm.isf(fpr)
    tpr = stats.norm.sf(cut - shift)
    slope = stats.norm.pdf(cut - shift) / stats.norm.pdf(cut)
    variance = tpr * (1.0 - tpr) / members + slope**2 * fpr * (1.0 - fpr) / nonmembers
    return float(2.0 * Z * np.sqrt(variance))


def fixed_cut(member: Bools, found: Quantity) -> Quantity:
    """The usual interval, as if the cut had been known."""
    members = int(member.sum())
    low, high = clopper_pearson(round((found.value or 0.0) * members), members)
    return Quantity(value=found.value, low=low, high=high, n=members)


def tpr_at_low_fpr() -> Section:
    rows: list[tuple[str, ...]] = []
    cases = [
        (1.0, 10_000, 10_000, 0.01),
        (0.0, 10_000, 10_000, 0.01),
        (2.0, 10_000, 10_000, 0.01),
        (1.0, 10_000, 10_000, 0.001),
        (1.0, 10_000, 10_000, 0.0001),
        (1.0, 1_000, 1_000, 0.01),
        (1.0, 500, 500, 0.01),
        (1.0, 200, 5_000, 0.01),
        (1.0, 5_000, 200, 0.01),
    ]
    for shift, members, nonmembers, fpr in cases:
        world = World("normal", normal(shift), normal(0.0))
        rng = generator(0, "tpr", str(shift), members, nonmembers, str(fpr))
        truth = float(stats.norm.sf(stats.norm.isf(fpr) - shift))
        ours, usual = [], []
        for _ in range(DRAWS):
            scores, member = world.scores(rng, members, nonmembers)
            ours.append(tpr_at_fpr(scores, member, fpr))
            usual.append(fixed_cut(member, ours[-1]))
        ratio = float(np.mean([width(one) for one in ours])) / ideal_width(shift, fpr, members, nonmembers)
        rows.append(
            (
                f"{shift:g}",
                f"{members:,} + {nonmembers:,}",
                f"{100 * fpr:g} %",
                f"{100 * truth:.2f} %",
                percent(covers(one, truth) for one in ours),
                f"{ratio:.2f}",
                percent(covers(one, truth) for one in usual),
            )
        )
    text = (
        f"{DRAWS} draws in each row; members score N(shift, 1), non-members N(0, 1). The ideal width is that of the "
        "normal interval of one who knows the curve but, as we do, not the cut. The last column is the Clopper-Pearson "
        "interval that takes the estimated cut for the true one, as is common. An FPR of 0.01 % with 10,000 "
        "non-members rests on one false positive: there the lower end is 0."
    )
    header = ("shift", "records", "FPR", "true TPR", "interval covers", "width / ideal", "fixed cut covers")
    return Section("TPR at a low FPR", text, header, rows)


def tied_scores() -> Section:
    rows: list[tuple[str, ...]] = []
    member = np.arange(2_000) < 1_000
    for false in (0.005, 0.009, 0.0099, 0.0101, 0.015):
        world = World("yes or no", yes(0.4), yes(false))
        truth = 0.4 if false <= 0.01 else 0.0
        rng = generator(0, "ties", str(false))
        found = [tpr_at_fpr(world.scores(rng, 1_000, 1_000)[0], member, 0.01) for _ in range(DRAWS)]
        rows.append((f"{100 * false:.2f} %", f"{truth:g}", percent(covers(one, truth) for one in found)))
    text = (
        f"An attack that only says yes or no, to 40 % of 1,000 members and to the given share of 1,000 non-members; "
        f"{DRAWS} draws. Its true TPR at 1 % FPR jumps from 0.4 to 0 where that share passes 1 %."
    )
    return Section("Ties at the limit", text, ("yes to non-members", "true TPR at 1 % FPR", "interval covers"), rows)


def true_auc(world: World) -> float:
    """P(member above non-member) + P(tie) / 2, from a million pairs on a side."""
    rng = generator(0, "truth", world.name)
    return float(auc(*world.scores(rng, 1_000_000, 1_000_000)).value or 0.0)


def delong(scores: Floats, member: Bools, value: float) -> tuple[float, float]:
    """The usual interval: normal, with DeLong's variance."""
    members, nonmembers, _ = wins(scores, member)
    above, below = members / len(nonmembers), nonmembers / len(members)
    half = Z * np.sqrt(above.var(ddof=1) / len(above) + below.var(ddof=1) / len(below))
    return value - half, value + half


def area_under_the_curve() -> Section:
    worlds = (
        World("shift 1", normal(1.0), normal(0.0)),
        World("shift 2.5", normal(2.5), normal(0.0)),
        World("shift 4", normal(4.0), normal(0.0)),
        World("shift 0.5, rounded to 1", rounded(0.5, 1.0), rounded(0.0, 1.0)),
        World("yes or no, 95 % and 70 %", yes(0.95), yes(0.7)),
        World("yes or no, 99 % and 5 %", yes(0.99), yes(0.05)),
        World("5 % of members stand out", some_stand_out(0.05), normal(0.0)),
    )
    rows: list[tuple[str, ...]] = []
    for world in worlds:
        truth = true_auc(world)
        for members, nonmembers in ((10, 10), (100, 100), (100, 20), (1000, 1000)):
            rng = generator(0, "auc", world.name, members, nonmembers)
            ours, usual = [], []
            for _ in range(DRAWS):
                scores, member = world.scores(rng, members, nonmembers)
                found = auc(scores, member)
                low, high = delong(scores, member, found.value or 0.0)
                ours.append(covers(found, truth))
                usual.append(low <= truth <= high)
            rows.append((world.name, f"{truth:.3f}", f"{members:,} + {nonmembers:,}", percent(ours), percent(usual)))
    text = f"{DRAWS} draws in each row. The last column is the usual normal interval with DeLong's variance."
    header = ("scores", "true AUC", "records", "interval covers", "DeLong covers")
    return Section("AUC", text, header, rows)


def precision_and_accuracy() -> Section:
    rows: list[tuple[str, ...]] = []
    for shift in (0.0, 1.0, 2.0):
        world = World("normal", normal(shift), normal(0.0))
        for members, nonmembers in ((100, 100), (1000, 1000), (200, 2000)):
            rng = generator(0, "precision", str(shift), members, nonmembers)
            drawn = [world.scores(rng, members, nonmembers) for _ in range(DRAWS)]
            cells = []
            for recall in (0.2, 0.5, 0.7):
                false = nonmembers * stats.norm.sf(stats.norm.isf(recall) + shift)
                truth = float(recall * members / (recall * members + false))
                cells.append(percent(covers(precision_at_recall(*one, recall), truth) for one in drawn))
            best = float(stats.norm.cdf(shift / 2.0))
            cells.append(percent(covers(balanced_accuracy(*one), best) for one in drawn))
            rows.append((f"{shift:g}", f"{members:,} + {nonmembers:,}", *cells))
    text = (
        f"{DRAWS} draws in each row; members score N(shift, 1), non-members N(0, 1). The interval of the best balanced "
        "accuracy is wide by design: it holds for every cut at once, so that choosing the best one buys nothing."
    )
    header = ("shift", "records", "precision at recall 0.2", "0.5", "0.7", "best balanced accuracy")
    return Section("Precision at a recall, balanced accuracy", text, header, rows)


SECTIONS: dict[str, Callable[[], Section]] = {
    "null": null_worlds,
    "attacks": null_attacks,
    "quick": quick_attacks,
    "guarantee": guarantee,
    "tpr": tpr_at_low_fpr,
    "ties": tied_scores,
    "auc": area_under_the_curve,
    "precision": precision_and_accuracy,
    "epsilon": epsilon_bound,
    "tightness": tightness,
}


def preamble(command: str, seconds: float) -> str:
    return (
        "# Do the intervals hold what they claim?\n\n"
        "Scores are drawn from laws whose truth is known, and it is counted how often the intervals hold it. "
        f"A share of {DRAWS} draws has itself an error of about 2.5 percentage points (two standard errors).\n\n"
        f"{written_by(command, seconds)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="write the page there as well")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="one section; may be given several times")
    options = parser.parse_args()
    begun = time.perf_counter()
    tables = []
    for name in options.only or SECTIONS:
        tables.append(markdown(SECTIONS[name]()))
        print(tables[-1], flush=True)
    command = " ".join(["python benchmarks/coverage.py", *sys.argv[1:]])
    page = "\n".join([preamble(command, time.perf_counter() - begun), *tables])
    print(page.split("\n\n")[2])
    if options.out:
        options.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
