"""Writes the pages that show the results: docs/strength.md, and the table of docs/which_attack.md."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from _page import put_numbers
from _strength_answers import answers, by_chance, options_that_cost
from _strength_results import ENSEMBLE, Rates, Results
from _strength_tests import FPRS, Difference
from _strength_worlds import WORLDS

DOCS = Path(__file__).parent.parent / "docs"
PAGE, ADVICE = DOCS / "strength.md", DOCS / "which_attack.md"
IN_ADVICE = (
    ("digits", "location30", "adult", "adult_forest"),
    ("adult_boosted", "fashion_mnist", "cifar10", "cifar100"),
)
FEW = "4"
REFERENCED = (
    "ensemble",
    "base_ratio",
    "rmia",
    "bavaria",
    "lira",
    "lira[mode=offline]",
    "ldc",
    "two_stage",
    "calibrated",
)
ADVISED = (*REFERENCED, "quantile", "shadow", "top_k", "attack_p", "loss", "attack_r")
ORACLES = {"lira": "lira, best options", "rmia": "rmia, best temperature", "base_ratio": "base_ratio, best temperature"}
SYMBOLS = {"first": "+", "level": "=", "behind": "−"}


def write_page() -> None:
    """Put the tables of all results in their places in both pages."""
    found = [results for world in WORLDS if (results := Results.read(world.name)) is not None]
    tables = {
        "answers": answers(found),
        "chance": by_chance(found),
        "standings": standings(found),
        "options": options_that_cost(found),
        "worlds": (line for results in found for line in world_lines(results)),
    }
    for name, lines in tables.items():
        _put(PAGE, name, lines)
    _put(ADVICE, "strength", advice({results.world: results for results in found}))


def _put(page: Path, name: str, lines: Iterator[str]) -> None:
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    put_numbers(page, "\n".join([begin, *lines, end]), begin, end)


def titled(setting: str) -> str:
    """The head of a column."""
    return "1 shadow, 1 reference" if setting == "apart" else f"N = {setting}"


def standings(found: list[Results]) -> Iterator[str]:
    """Where `ensemble` stands against the strongest other attack, in all worlds."""
    settings = list(dict.fromkeys(setting for results in found for setting in results.against_best))
    settings.sort(key=lambda setting: (setting == "apart", int(setting) if setting != "apart" else 0))
    yield "| world | " + " | ".join(map(titled, settings)) + " |"
    yield "|---|" + "---|" * len(settings)
    for results in found:
        cells = [
            " ".join(SYMBOLS[line.verdict] for line in results.against_best.get(setting, [])) or "·"
            for setting in settings
        ]
        yield f"| {results.world} | " + " | ".join(cells) + " |"


def world_lines(results: Results) -> Iterator[str]:
    """The section of one world."""
    yield from (f"## {results.world}, {results.records:,} records, half of them members", "")
    yield from (f"Models: `{results.models}`", "")
    yield from ("TPR at 1 % FPR / at 0.1 % FPR:", "", *rates_table(results, (0, 1)), "")
    yield from ("TPR at 0.01 % FPR / AUC:", "", *rates_table(results, (2, 3), REFERENCED), "")
    yield from ("`ensemble` less the strongest other attack:", "", *tests_table(results), "")
    yield from ("Members found at 1 % FPR, in per cent of all:", "", *found_table(results), "")
    made = results.made
    yield (
        f"`{made['command']}`, seed {made['seed']}, {made['date']}, miaudit {made['miaudit']}, {made['machine']}, "
        f"Python {made['python']}, {made['libraries']}, {made['seconds']}."
    )
    yield ""


def rates_table(results: Results, shown: tuple[int, int], names: tuple[str, ...] = ()) -> Iterator[str]:
    """A row per attack, then the best options of some; two measures in a cell, numbered as in FPRS, then the AUC."""
    rows = [name for name in names or _as_run(results) if any(name in rates for rates in results.rates.values())]
    yield "| attack | " + " | ".join(map(titled, results.rates)) + " |"
    yield "|---|" + "---|" * len(results.rates)
    for name in rows:
        cells = [_cell(rates.get(name), _tops(rates, rows, shown), shown) for rates in results.rates.values()]
        yield f"| {name} | " + " | ".join(cells) + " |"
    for name, title in ORACLES.items():
        best = [
            max(
                (found for attack, found in rates.items() if attack.partition("[")[0] == name),
                key=lambda found: found.mean(FPRS[0]),
                default=None,
            )
            for rates in results.rates.values()
        ]
        yield f"| *{title}* | " + " | ".join(_cell(found, (9.0, 9.0), shown) for found in best) + " |"


def _as_run(results: Results) -> list[str]:
    """The attacks without options, and offline LiRA."""
    names = {name for rates in results.rates.values() for name in rates}
    return sorted(name for name in names if "[" not in name or name == "lira[mode=offline]")


def _values(rates: Rates, measure: int) -> list[float]:
    return rates.auc if measure == len(FPRS) else rates.tpr[measure]


def _tops(rates: dict[str, Rates], rows: list[str], shown: tuple[int, int]) -> tuple[float, ...]:
    """The highest mean of each measure."""
    return tuple(max((float(np.mean(_values(rates[n], m))) for n in rows if n in rates), default=9.0) for m in shown)


def _cell(rates: Rates | None, tops: tuple[float, ...], shown: tuple[int, int]) -> str:
    if rates is None:
        return "-"
    parts = []
    for measure, top in zip(shown, tops, strict=True):
        values = np.array(_values(rates, measure))
        part = f"{100 * values.mean():.1f} ({100 * values.std(ddof=1):.1f})"
        parts.append(f"**{part}**" if values.mean() >= top - 1e-9 else part)
    return " / ".join(parts)


def tests_table(results: Results) -> Iterator[str]:
    """The difference in points of TPR, the rival, both intervals and the verdict."""
    yield "| FPR | " + " | ".join(map(titled, results.against_best)) + " |"
    yield "|---|" + "---|" * len(results.against_best)
    for place, fpr in enumerate(FPRS):
        cells = [_test(lines[place]) for lines in results.against_best.values()]
        yield f"| {100 * fpr:g} % | " + " | ".join(cells) + " |"


def _test(line: Difference) -> str:
    targets, records = (f"{100 * low:+.1f}..{100 * high:+.1f}" for low, high in (line.over_targets, line.over_records))
    return f"**{100 * line.value:+.1f}** {line.other}, {targets}, {records}: {line.verdict}"


def found_table(results: Results) -> Iterator[str]:
    """What `ensemble` finds that others do not, and the other way round."""
    yield "| | " + " | ".join(f"{titled(s)} ({found.rival})" for s, found in results.found.items()) + " |"
    yield "|---|" + "---|" * len(results.found)
    titles = {
        "both": "`ensemble` and the strongest other",
        "alone": "`ensemble`, not the strongest other",
        "rival_alone": "the strongest other, not `ensemble`",
        "alone_of_all": "`ensemble` alone of all",
        "others_alone": "any other, not `ensemble`",
    }
    for name, title in titles.items():
        cells = [f"{getattr(found, name):.1f}" for found in results.found.values()]
        yield f"| {title} | " + " | ".join(cells) + " |"


def advice(found: dict[str, Results]) -> Iterator[str]:
    """TPR at 1 % FPR with 4 models and with the most, for the page that says which attack to run."""
    for names in IN_ADVICE:
        worlds = [found[name] for name in names if name in found]
        if not worlds:
            continue
        yield "| attack | " + " | | ".join(world.world for world in worlds) + " | |"
        yield "|---|" + "---|---|" * len(worlds)
        yield "| N | " + " | ".join(f"{FEW} | {most_of(world)}" for world in worlds) + " |"
        for attack in ADVISED:
            cells = [
                f"{100 * rates[attack].mean(FPRS[0]):.1f}" if attack in rates else "-"
                for world in worlds
                for rates in (world.rates.get(FEW, {}), world.rates.get(most_of(world), {}))
            ]
            yield f"| `{attack}` | " + " | ".join(cells) + " |"
        yield ""


def most_of(results: Results) -> str:
    """The largest pool on which `ensemble` ran."""
    return str(max(int(s) for s, rates in results.rates.items() if s != "apart" and ENSEMBLE in rates))
