"""Answers the questions that the benchmark was made for, from its results."""

from collections.abc import Callable, Iterator

import numpy as np

from _strength_results import Results
from _strength_tests import CONFIDENCE, FPRS, Difference
from _strength_worlds import SIZES, WORLDS
from miaudit.metrics.apart import holm

TIMES = 1.5  # how much more `ensemble` must find with two models than `ldc` with a shadow and a reference
ENOUGH = 4  # on so many data sets


def answers(found: list[Results]) -> Iterator[str]:
    """One line per goal: whether it is met, and the figures."""
    yield from _strongest(found)
    yield from _against_ldc(found)
    yield from _with_two(found)
    yield from _with_fewer(found)


def _strongest(found: list[Results]) -> Iterator[str]:
    lines = [(r.world, line) for r in found for rows in r.against_best.values() for line in rows]
    counts = {verdict: sum(line.verdict == verdict for _, line in lines) for verdict in ("first", "level", "behind")}
    yield (
        f"1. *`ensemble` is the strongest attack, or within noise of it, in every world, at every N and rate.* "
        f"{_met(not counts['behind'])} Of {len(lines)} comparisons it is first in {counts['first']}, level in "
        f"{counts['level']}, behind in {counts['behind']}. Its rival is the strongest of all other attacks, "
        "options chosen after the fact included."
    )
    for world, line in lines:
        if line.verdict == "behind":
            yield f"    - {world}, N = {line.setting}, {100 * line.fpr:g} %: {_figures(line)}"


def _against_ldc(found: list[Results]) -> Iterator[str]:
    lines = [(r.world, line) for r in found for line in r.few if line.other == "ldc"]
    reached = sum(line.first >= TIMES * line.second for _, line in lines)
    yield (
        f"2. *With 2 models it finds {TIMES:g} times as much at 1 % FPR as `ldc` with one shadow and one reference, in "
        f"at least {ENOUGH} worlds.* {_met(reached >= ENOUGH)} In {reached} of {len(lines)}:"
    )
    yield from _listed(lines, lambda line: f"{line.first / max(line.second, 1e-9):.1f} times")


def _with_two(found: list[Results]) -> Iterator[str]:
    lines = [(r.world, line) for r in found for line in r.few if line.other != "ldc"]
    yield (
        "3. *With 2 models it finds more at 1 % FPR than `lira`, `rmia` and `base_ratio` with their best options, in "
        f"every world.* {_met(bool(lines) and all(line.value > 0 for _, line in lines))} More in "
        f"{sum(line.value > 0 for _, line in lines)} of {len(lines)} comparisons, behind by more than noise in "
        f"{sum(line.verdict == 'behind' for _, line in lines)}:"
    )
    yield from _listed(lines, lambda line: line.verdict)


def _with_fewer(found: list[Results]) -> Iterator[str]:
    for number, few, with_many in (
        (4, "8", "what `lira`, at its best, finds with 32 (16 where no more were measured)"),
        (5, "16", "what `lira`, at its best, finds with 128 on Location30 and on Adult"),
    ):
        lines = [(r.world, line) for r in found for line in r.fewer if line.setting == few]
        reached = sum(line.value >= 0 for _, line in lines)
        wanted = [w.name for w in WORLDS if (w.largest if few == "16" else w.sizes[-1] > int(few))]
        missing = [name for name in wanted if name not in {world for world, _ in lines}]
        met = _met(reached == len(lines)) if not missing else f"**Open: not measured in {', '.join(missing)}.**"
        yield f"{number}. *With {few} models it finds at 1 % FPR {with_many}.* {met} In {reached} of {len(lines)}:"
        yield from _listed(lines, lambda line: line.verdict)


def by_chance(found: list[Results]) -> Iterator[str]:
    """How many comparisons chance alone would call behind, and which stay behind after Holm's correction."""
    families = {
        "Goal 1": [(r, line) for r in found for rows in r.against_best.values() for line in rows],
        "Goal 3": [(r, line) for r in found for line in r.few if line.other != "ldc"],
    }
    for goal, lines in families.items():
        wrong = (1 - CONFIDENCE) * len(lines)
        behind = sum(line.verdict == "behind" for _, line in lines)
        yield f"- {goal}: by chance {wrong / 2:.1f} to {wrong:.1f} of {len(lines)} are *behind*. Measured: {behind}."
    repeated = sum(line.fpr == FPRS[-1] and r.records // 2 < 1 / FPRS[1] for r, line in families["Goal 1"])
    yield f"- {repeated} of the comparisons for goal 1 repeat the one at 0.1 %, for want of 1,000 non-members."
    yield from ("", "| goal | world | N | FPR | difference, points | p | p after Holm |", "|---" * 7 + "|")
    for goal, lines in families.items():
        p = np.array([line.p_behind(r.records // 2) for r, line in lines])
        for (r, line), alone, corrected in zip(lines, p, holm(p), strict=True):
            if line.verdict == "behind":
                place = f"{goal} | {r.world} | {line.setting} | {100 * line.fpr:g} %"
                yield f"| {place} | {100 * line.value:+.1f} | {alone:.3f} | {corrected:.2f} |"


def options_that_cost(found: list[Results]) -> Iterator[str]:
    """How much more or less an attack finds with an option than with its defaults, a mean over all worlds."""
    sizes = [str(size) for size in SIZES]
    names = sorted({name for r in found for rates in r.rates.values() for name in rates if "[" in name})
    yield "| option | " + " | ".join(f"N = {size}" for size in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for name in names:
        cells = []
        for rates in ([r.rates[size] for r in found if size in r.rates] for size in sizes):
            pairs = [(r[name].mean(0.01), r[name.partition("[")[0]].mean(0.01)) for r in rates if name in r]
            cells.append(f"{100 * sum(a - b for a, b in pairs) / len(pairs):+.1f}" if pairs else "-")
        yield f"| `{name}` | " + " | ".join(cells) + " |"


def _listed(lines: list[tuple[str, Difference]], said: Callable[[Difference], str]) -> Iterator[str]:
    yield from (f"    - {world}: {_figures(line)}, {said(line)}" for world, line in lines)


def _figures(line: Difference) -> str:
    other = f" with {line.other_setting}" if line.other_setting not in (line.setting, "apart") else ""
    return f"{100 * line.first:.1f} %, {line.other}{other} {100 * line.second:.1f} %"


def _met(holds: bool) -> str:
    return "**Met.**" if holds else "**Not met.**"
