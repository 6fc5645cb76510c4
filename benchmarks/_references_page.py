"""Writes the tables of docs/references.md."""

from collections.abc import Iterator
from pathlib import Path

from scipy import stats

from _page import put_numbers
from _references_results import POOL_ALONE, Line, Results

PAGE = Path(__file__).parent.parent / "docs" / "references.md"
BEGIN, END = "<!-- references: begin -->", "<!-- references: end -->"
TWICE = "twice as many models in the pool"
ENSEMBLE = "ensemble"


def write_page(worlds: tuple[str, ...]) -> None:
    """Put the tables of all results in their place in the page."""
    found = [results for world in worlds if (results := Results.read(world)) is not None]
    tables = [*by_price(found), *gains(found), *(row for results in found for row in world_table(results))]
    put_numbers(PAGE, "\n".join([BEGIN, "", *tables, END]), BEGIN, END)


def sizes_of(results: Results) -> list[int]:
    """Sizes of the pool at which candidates were measured."""
    return sorted({line.size for line in results.lines if line.candidate != POOL_ALONE})


def by_price(found: list[Results]) -> Iterator[str]:
    """What the ensemble finds for how much training: the pool, and students of halves."""
    yield "## What the training time buys"
    yield ""
    for results in found:
        yield f"{results.world}, `ensemble`:"
        yield ""
        yield "| CPU s | what is trained | TPR at 1 % FPR | at 0.1 % FPR | AUC |"
        yield "|---|---|---|---|---|"
        chosen = [line for line in results.lines if line.attack == ENSEMBLE and _is_priced(line.candidate)]
        for line in sorted(chosen, key=lambda line: line.seconds):
            at_one, at_tenth, auc = line.mean()
            said = f"{line.candidate}, N = {line.size}"
            words = f"**{said}**" if line.candidate != POOL_ALONE else said
            yield f"| {line.seconds:.0f} | {words} | {at_one:.1f} | {at_tenth:.1f} | {auc:.3f} |"
        yield ""


def _is_priced(candidate: str) -> bool:
    return candidate == POOL_ALONE or "halves" in candidate


def gains(found: list[Results]) -> Iterator[str]:
    """By how much the ensemble, or the attack that takes its place, finds more or less than with the pool alone."""
    yield "## Gains at 1 % FPR"
    yield ""
    yield (
        "By how many points the TPR of `ensemble` at 1 % FPR is above that with the pool alone: mean ± standard error "
        "over the four targets, in bold where the 95 % interval (Student's t) lies above 0, and points for each "
        "further minute of training."
    )
    yield ""
    columns = [(results, size) for results in found for size in sizes_of(results)]
    yield "| candidate | " + " | ".join(f"{results.world}, N = {size}" for results, size in columns) + " |"
    yield "|---|" + "---|" * len(columns)
    names = list(dict.fromkeys(line.candidate for results in found for line in results.lines))
    for name in [TWICE, *names[1:]]:
        cells = [_gain(results, _chosen(results, name, size), size) for results, size in columns]
        if any(cells):
            yield f"| {name} | " + " | ".join(cell or "–" for cell in cells) + " |"
    yield ""


def _chosen(results: Results, name: str, size: int) -> Line | None:
    place = (POOL_ALONE if name == TWICE else name, ENSEMBLE)
    return results.find(place, 2 * size if name == TWICE else size)


def _gain(results: Results, line: Line | None, size: int) -> str:
    plain = results.find((POOL_ALONE, ENSEMBLE), size)
    if line is None or plain is None:
        return ""
    value, error = line.gain(plain)
    clear = value > error * stats.t.isf(0.025, len(line.auc) - 1)
    said = f"{value:+.1f} ± {error:.1f}"
    more = line.seconds - plain.seconds
    price = f", {60 * value / more:+.1f}/min" if more > 0 else ""
    return (f"**{said}**" if clear else said) + price


def world_table(results: Results) -> Iterator[str]:
    """All candidates and attacks in a world, with the CPU time of their trainings."""
    sizes = sorted({line.size for line in results.lines})
    most = max(sizes_of(results))
    yield f"## {results.world}, {results.records:,} records"
    yield ""
    yield (
        "One training takes, in seconds of CPU time on one thread: a model of the pool {:.2f}, on the population's "
        "labels {:.2f}, a student on the population {:.2f}, on a half {:.2f}.".format(*results.seconds)
    )
    yield ""
    yield "| candidate | attack | " + " | ".join(f"N = {size}" for size in sizes) + f" | CPU s, N = {most} |"
    yield "|---|---|" + "---|" * (len(sizes) + 1)
    for place in dict.fromkeys(line.place for line in results.lines):
        lines = [results.find(place, size) for size in sizes]
        cells = ["–" if line is None else "{:.1f} / {:.1f} / {:.3f}".format(*line.mean()) for line in lines]
        priced = results.find(place, most)
        yield f"| {place[0]} | {place[1]} | " + " | ".join([*cells, f"{priced.seconds:.0f}" if priced else "–"]) + " |"
    yield ""
    made = "`{command}`, seed {seed}, {date}, {machine}, Python {python}, miaudit {miaudit}, {libraries}, {seconds} s."
    yield made.format(**results.made)
    yield ""
