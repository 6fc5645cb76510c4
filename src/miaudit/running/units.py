"""Divides work among processes: what is trained in one go, and in which order."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from miaudit.fingerprint import fingerprint
from miaudit.running.work import Work
from miaudit.training.defended import DefendedRecipe
from miaudit.training.recipe import Recipe
from miaudit.training.way import is_stacked

STACK = 16  # models trained at once: more gain little and lose more at a kill
SMALL_STACK = 4  # so few at once cost some speed, which does not count where there are few models
ROUNDS = 4  # stacks that each process gets where there are enough models: a kill loses what is in the making

Unit = tuple[Work, ...]  # works of one recipe


def units(works: Iterable[Work], shape: tuple[int, ...], classes: int, processes: int) -> list[Unit]:
    """Stacks where networks are trained in stacks, single works elsewhere; those with most to do first.

    Stacks are cut so that every process gets as many as any other, and more than one where that leaves no tiny ones;
    none has more than STACK works.
    """
    groups: dict[str, list[Work]] = {}
    for work in works:
        groups.setdefault(fingerprint(work.job.recipe), []).append(work)
    found: list[Unit] = []
    for group in groups.values():
        stacked = is_stacked(group[0].job.recipe, shape, classes)
        found += _stacks(group, processes) if stacked else [(work,) for work in group]
    # So that the last process to finish has little left to do.
    return sorted(found, key=lambda unit: -sum(samples(work) for work in unit))


def samples(work: Work) -> int:
    """Records that training passes over; 0 for an estimator, of which it is not known."""
    job = work.job
    if isinstance(job.recipe, DefendedRecipe):
        return job.recipe.samples(len(job.rows), len(job.unlabelled))
    return job.recipe.epochs * len(job.rows) if isinstance(job.recipe, Recipe) else 0


def _stacks(works: Sequence[Work], processes: int) -> list[Unit]:
    # Works of like length share a stack, so that none waits for a longer one.
    ordered = sorted(works, key=lambda work: -len(work.job.rows))
    needed = -(-len(ordered) // (STACK * processes))
    rounds = max(needed, min(ROUNDS, len(ordered) // (SMALL_STACK * processes)))
    count = min(rounds * processes, len(ordered))
    bounds = [len(ordered) * i // count for i in range(count + 1)]
    return [tuple(ordered[start:end]) for start, end in pairwise(bounds)]
