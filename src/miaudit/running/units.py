"""Divides work among processes: which models are trained in one go, and in which order."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from miaudit.fingerprint import fingerprint
from miaudit.running.work import Work
from miaudit.store.base import Store
from miaudit.store.snapshots import reached_by

STACK = 16  # models trained at once: more gain little and lose more at a kill
SMALL_STACK = 4  # so few at once cost some speed, which does not count where there are few models
ROUNDS = 4  # stacks that each process gets if there are enough models; a kill loses the stacks in progress

Unit = tuple[Work, ...]  # works of one recipe


def units(works: Iterable[Work], processes: int) -> list[Unit]:
    """Divide works into stacks, or into single works if their jobs are not stacked; the largest units come first.

    Every process gets as many stacks as any other, and more than one unless they would be tiny. No stack has more than
    STACK works.
    """
    groups: dict[str, list[Work]] = {}
    for work in works:
        groups.setdefault(fingerprint(work.job.recipe), []).append(work)
    found: list[Unit] = []
    for group in groups.values():
        found += _stacks(group, processes) if group[0].job.stacked else [(work,) for work in group]
    # So that the last process to finish has little left to do.
    return sorted(found, key=lambda unit: -sum(samples(work) for work in unit))


def samples(work: Work) -> int:
    """Number of records that training passes over; 0 if that is not known, as for an estimator."""
    return work.job.recipe.samples(len(work.job.rows), len(work.job.unlabelled))


def samples_left(work: Work, store: Store) -> int:
    """Number of records that training still passes over: fewer than `samples` if it was interrupted."""
    reached = reached_by(store.near, work.job.key)
    return max(0, samples(work) - (reached.samples if reached else 0))


def _stacks(works: Sequence[Work], processes: int) -> list[Unit]:
    # Works of similar length share a stack, so that none waits for a longer one.
    ordered = sorted(works, key=lambda work: -len(work.job.rows))
    needed = -(-len(ordered) // (STACK * processes))
    rounds = max(needed, min(ROUNDS, len(ordered) // (SMALL_STACK * processes)))
    count = min(rounds * processes, len(ordered))
    bounds = [len(ordered) * i // count for i in range(count + 1)]
    return [tuple(ordered[start:end]) for start, end in pairwise(bounds)]
