"""Does the bound on epsilon hold, and how near does it come? Sections of `coverage.py`."""

from collections.abc import Callable

import numpy as np

from _page import Section, percent
from miaudit.arrays import Bools, Floats
from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.maths.counts import counts
from miaudit.metrics.epsilon import epsilon
from miaudit.seeds import generator

DRAWS = 300
LARGE_DRAWS = 30  # of 25,000 + 25,000 records
Noise = Callable[[np.random.Generator, float, Bools], Floats]


def response(rng: np.random.Generator, truth: float, member: Bools) -> Floats:
    """Randomised response: the right answer with probability 1 / (1 + exp(-truth))."""
    honest = rng.random(len(member)) < 1.0 / (1.0 + np.exp(-truth))
    return np.where(honest, member, ~member).astype(float)


def laplace(rng: np.random.Generator, truth: float, member: Bools) -> Floats:
    """Laplace's mechanism: members are shifted by `truth` widths of the noise."""
    return rng.laplace(0.0, 1.0, len(member)) + truth * member


def gaussian(rng: np.random.Generator, shift: float, member: Bools) -> Floats:
    """N(shift, 1) against N(0, 1): no epsilon is large enough."""
    return rng.normal(0.0, 1.0, len(member)) + shift * member


def bounds(noise: Noise, parameter: float, records: int, draws: int) -> tuple[list[Floats], Bools, Floats]:
    """Scores of each draw, the membership, and the bounds."""
    rng = generator(0, "epsilon", noise.__name__, str(parameter), records)
    member = np.arange(2 * records) < records
    drawn = [noise(rng, parameter, member) for _ in range(draws)]
    return drawn, member, np.array([epsilon(scores, member).low or 0.0 for scores in drawn])


def epsilon_bound() -> Section:
    rows: list[tuple[str, ...]] = []
    for name, noise in (("randomised response", response), ("Laplace", laplace)):
        for truth in (0.5, 1.0, 2.0, 4.0):
            for records in (100, 1000, 10_000):
                found = bounds(noise, truth, records, DRAWS)[2]
                size = f"{records:,} + {records:,}"
                rows.append((name, f"{truth:g}", size, percent(found > truth), f"{found.mean():.2f}"))
    text = f"{DRAWS} draws in each row of mechanisms whose epsilon is known. A 95 % bound may pass it in at most 5 %."
    return Section("Epsilon", text, ("mechanism", "true epsilon", "records", "bound too high", "mean bound"), rows)


def clopper_pearson_at_all_cuts(scores: Floats, member: Bools, confidence: float = 0.95) -> float:
    """The usual bound: two rates by Clopper-Pearson at each cut, Bonferroni over the cuts on the frontier."""
    _, tp, fp = counts(scores, member)
    best = np.append(fp[1:] > fp[:-1], True) & np.insert(tp[1:] > tp[:-1], 0, True)  # a corner of the ROC curve
    side = 1.0 - (1.0 - confidence) / 2.0 / max(1, int(best.sum()))
    least, most = lower_bound(tp[best], tp[-1], side), upper_bound(fp[best], fp[-1], side)
    tiny = np.finfo(float).tiny
    accepting = np.log(np.maximum(least, tiny)) - np.log(most)
    rejecting = np.log(np.maximum(1.0 - most, tiny)) - np.log(np.maximum(1.0 - least, tiny))
    return max(0.0, float(accepting.max()), float(rejecting.max()))


def tightness() -> Section:
    rows: list[tuple[str, ...]] = []
    for shift, records, draws in (
        (0.0, 1000, DRAWS),
        (1.0, 1000, DRAWS),
        (2.0, 1000, DRAWS),
        (1.0, 25_000, LARGE_DRAWS),
    ):
        drawn, member, found = bounds(gaussian, shift, records, draws)
        usual = np.array([clopper_pearson_at_all_cuts(scores, member) for scores in drawn])
        ends = (f"{one.mean():.3f} (min {one.min():.3f})" for one in (found, usual))
        rows.append((f"{shift:g}", f"{records:,} + {records:,}", str(draws), *ends, percent(found > 0.0)))
    text = (
        "Members score N(shift, 1), non-members N(0, 1). The usual bound takes Clopper-Pearson's ends of both rates at "
        "every cut on the frontier of the ROC curve, with Bonferroni's correction for their number."
    )
    return Section(
        "How tight is the bound on epsilon?",
        text,
        ("shift", "records", "draws", "bound", "usual bound", "bound above 0"),
        rows,
    )
