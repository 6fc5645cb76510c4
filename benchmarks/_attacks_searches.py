"""The two searches of the attack `two_stage` against the literal triple loop of HP-MIA's Algorithm 2."""

import itertools
import time
from typing import Any

import numpy as np

from miaudit.attacks._two_thresholds import search_beta, search_exact
from miaudit.seeds import generator


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
