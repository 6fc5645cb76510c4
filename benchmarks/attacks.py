"""What the attack stage costs: every attack on 50,000 records x 256 references x 10 classes.

    python benchmarks/attacks.py [--records 50000] [--references 256] [--shadows 1] [--views 4] [--attacks auto]

The signals are at hand, as after the models were asked. The time is that of the attacks alone: seconds of CPU time in
one process, which other work on the machine changes little. The second part times the two searches of `two_stage`
against the literal triple loop of HP-MIA's Algorithm 2, in one run.
"""

import argparse
import itertools
import os
import platform
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import numpy as np

from miaudit.arrays import Bools
from miaudit.attacks._two_thresholds import search_beta, search_exact
from miaudit.auditing.automatic import automatic
from miaudit.auditing.chosen import usual_attacks
from miaudit.auditing.file_audit import unmet_in
from miaudit.auditing.known import Knowable
from miaudit.evidence import Evidence, Outputs, Panel, Pool, View
from miaudit.evidence.panel import Augmented
from miaudit.forms import AskedAttacks
from miaudit.seeds import generator

SIGNALS = ("loss", "confidence", "entropy", "modified_entropy", "scaled_logit", "correct")
CLASSES = 10


@dataclass(frozen=True)
class Synthetic(Sequence[Any]):
    """Logits of models on shared records, made when asked for: members' true class is raised."""

    inside: np.ndarray[Any, np.dtype[np.bool_]]  # (M, n)
    labels: np.ndarray[Any, np.dtype[np.int64]]  # (n,)
    difficulty: np.ndarray[Any, np.dtype[np.float32]]  # (n,)
    number: int = 0  # of the view of the records

    def __len__(self) -> int:
        return len(self.inside)

    def __getitem__(self, m: Any) -> Any:
        rng = np.random.default_rng([int(m), self.number])
        n = len(self.labels)
        logits = rng.standard_normal((n, CLASSES), dtype=np.float32)
        logits[np.arange(n), self.labels] += self.difficulty + 1.5 * self.inside[m]
        return logits


def world(records: int, references: int, shadows: int, views: int) -> tuple[Evidence, Bools]:
    """A pool of models over one set of records, a target outside it, and a population; all are asked about views."""
    rng = generator(0, "benchmark")
    halves = [rng.permutation(records) < records // 2 for _ in range(references // 2)]
    inside = np.stack([side for half in halves for side in (half, ~half)])
    labels = rng.integers(CLASSES, size=records)
    difficulty = rng.normal(2, 2, size=records).astype(np.float32)
    truth = rng.permutation(records) < records // 2
    models = Outputs(labels, Synthetic(inside, labels, difficulty))
    target = Outputs(labels, Synthetic(truth[None], labels, difficulty))
    pool = Pool(View.whole(models), inside, np.arange(records))
    stand_ins = tuple(pool.stand_in(m) for m in range(shadows))
    outsiders = _population(references, 5000)
    evidence = Evidence(
        audit=Panel(View.whole(target), pool.view, inside, ids=pool.ids),
        shadows=stand_ins,
        known=_known(truth, labels, difficulty, 2000),
        population=outsiders,
        shadow_populations=tuple(outsiders for _ in stand_ins),
    )
    evidence = seen(evidence, views)
    tables = {id(view.outputs): view.outputs for panel in evidence.panels() for view in _views_of(panel)}
    for outputs in tables.values():
        for name in SIGNALS:
            outputs.signal(name)
    return evidence, truth


def _views_of(panel: Panel) -> list[View]:
    """What the panel and its further views see of its target and of its references."""
    each = [view for one in panel.each_view() for view in (one.target_view, one.reference_view)]
    return [view for view in each if view is not None]


def seen(evidence: Evidence, count: int) -> Evidence:
    """The evidence with further views of all records, of which every model gives other outputs."""
    tables: dict[int, list[Outputs]] = {}

    def view_of(view: View, number: int) -> View:
        of = view.outputs
        if id(of) not in tables:  # panels of one pool share a table
            made = cast(Synthetic, of.values)
            tables[id(of)] = [Outputs(of.labels, replace(made, number=v)) for v in range(1, count + 1)]
        return replace(view, outputs=tables[id(of)][number])

    def change(panel: Panel) -> Panel:
        others = panel.reference_view
        further = (
            Augmented(view_of(panel.target_view, v), None if others is None else view_of(others, v))
            for v in range(count)
        )
        return replace(panel, views=tuple(further))

    return evidence.each(change)


def _known(truth: Any, labels: Any, difficulty: Any, count: int) -> Panel:
    outputs = Outputs(labels[:count], Synthetic(truth[None, :count], labels[:count], difficulty[:count]))
    return Panel(View.whole(outputs), member=truth[:count])


def _population(references: int, size: int) -> Panel:
    rng = generator(1, "benchmark")
    labels = rng.integers(CLASSES, size=size)
    difficulty = rng.normal(2, 2, size=size).astype(np.float32)
    inside = np.zeros((references, size), dtype=bool)
    outputs = Outputs(labels, Synthetic(inside, labels, difficulty))
    return Panel(View(outputs, np.array([0]), np.arange(size)), View.whole(outputs), inside)


def literal_search(s0: Any, s1: Any, member: Any, alpha: float, steps: int) -> float:
    """Seconds that HP-MIA's Algorithm 2 takes as written, extrapolated from a few values of beta."""

    def midpoints(scores: Any) -> list[float]:
        ordered = sorted(scores)
        return [(a + b) / 2 for a, b in itertools.pairwise(ordered)]

    def best(scores: list[float], wanted: list[bool], cuts: list[float], below: bool, level: float) -> float:
        most, chosen = -1, -np.inf
        for cut in cuts:
            hits = calls = 0
            for score, right in zip(scores, wanted, strict=True):
                if (score < cut) if below else (score > cut):
                    calls += 1
                    hits += right
            if calls and hits / calls >= level and hits > most:
                most, chosen = hits, cut
        return chosen

    start = time.perf_counter()
    for beta in np.linspace(0, 1, steps):
        t0 = best(list(s0), list(~member), midpoints(s0), True, float(beta))
        left = s0 >= t0
        if left.any():
            best(list(s1[left]), list(member[left]), midpoints(s1[left]), False, alpha)
    return (time.perf_counter() - start) / steps * 1001


def search_times(m: int) -> None:
    """Both searches at m records, and the literal loop at a size that it can do."""
    rng = generator(2, "benchmark")

    def draw(size: int) -> tuple[Any, Any, Any]:
        member = rng.permutation(size) < size // 2
        return rng.normal(member * 0.5, 1), rng.normal(member * 0.7, 1), member

    s0, s1, member = draw(m)
    seconds = {}
    for name, search in (("exact", search_exact), ("beta", search_beta)):
        start = time.perf_counter()
        search(s0, s1, member, 0.9)
        seconds[name] = time.perf_counter() - start
        print(f"two_stage search={name}, m = {m:,}: {seconds[name]:.3f} s")
    small = 400
    literal = literal_search(*draw(small), 0.9, 3) * (m / small) ** 2
    print(
        f"literal loop, m = {m:,}: {literal:,.0f} s (extrapolated from m = {small} and 3 of 1,001 betas, as m squared)"
    )
    print(f"beta against the literal loop: {literal / seconds['beta']:,.0f} times faster")


def main() -> None:
    """Time every attack, then the searches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--references", type=int, default=256)
    parser.add_argument("--shadows", type=int, default=1)
    parser.add_argument("--views", type=int, default=0)
    parser.add_argument("--attacks", choices=get_args(AskedAttacks), default="all")
    arguments = parser.parse_args()
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    evidence, truth = world(arguments.records, arguments.references, arguments.shadows, arguments.views)
    total, attacks = 0.0, usual_attacks(arguments.attacks)
    lacking = unmet_in(attacks, evidence, Knowable(truth, 0.1))
    names = automatic(lacking, arguments.shadows).because if arguments.attacks == "auto" else attacks.keys() - lacking
    for name in sorted(names):
        attack = attacks[name]
        start = time.process_time()
        scores = attack.score(evidence, generator(0, name))
        seconds = time.process_time() - start
        total += seconds
        share = float((scores[truth] > np.median(scores[~truth])).mean())
        print(f"{name:20} {seconds:7.2f} s   members above the median non-member: {share:.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{'all':20} {total:7.2f} s   peak memory {peak:.2f} GB")
    if arguments.attacks == "all":
        search_times(24_000)


if __name__ == "__main__":
    main()
