"""Draws the series of an experiment as SVG figures for the documentation."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miaudit.errors import UserError
from miaudit.experiments.beside import is_outdated, stored_rows
from miaudit.experiments.results import ExperimentResult
from miaudit.experiments.spec import Named, SeriesKind
from miaudit.report.paper.curves import draw_precision_recall, draw_roc

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 2
SIZE = (4.6, 3.4)  # inches, of one panel
LOWEST = 1e-4  # false positive rate shown
CURVES: tuple[SeriesKind, ...] = ("roc", "precision_recall")


def write_figures(named: Named, found: ExperimentResult, docs: Path) -> Iterator[Path]:
    """Write one file per series, with one panel per row in the experiment's order; returns the paths.

    Rows that each have one curve, all of the same attack, share a panel, so that they can be compared.

    Raises:
        UserError: matplotlib is not installed.
    """
    for series in named.experiment.series:
        panels = _panels(named, found, series)
        if panels:
            path = docs / "figures" / f"{named.paper}_{named.table}_{series}.svg"
            yield _write(named, series, panels, _outdated(named, found), path)


def _panels(named: Named, found: ExperimentResult, series: SeriesKind) -> dict[str, dict[str, Any]]:
    """What the figure draws for each row, by attack, with the parts of a row together; empty series are left out."""
    panels: dict[str, dict[str, Any]] = {}
    for _, result in stored_rows(named, found):
        series_of_row = result.runs[0].series.get(series, {}) if result.runs else {}
        shown = {attack: content for attack, content in series_of_row.items() if content}
        if shown:
            panels.setdefault(result.name, {}).update(shown)
    return panels


def _outdated(named: Named, found: ExperimentResult) -> set[str]:
    """Names of rows that were run with another configuration than they have now."""
    return {row.name for row, result in stored_rows(named, found) if is_outdated(named, row, result)}


def _write(named: Named, series: SeriesKind, panels: dict[str, dict[str, Any]], outdated: set[str], path: Path) -> Path:
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise UserError("figures need matplotlib: pip install 'miaudit[figures]'") from None
    titles = {row.name: row.heading for row in named.experiment.rows}
    titles |= {name: f"{titles[name]} (older settings)" for name in outdated}
    if series in CURVES:
        panels = _overlaid(panels, titles, named.experiment.title)
    columns = min(COLUMNS, len(panels))
    lines = -(-len(panels) // columns)
    with mpl.rc_context({"svg.hashsalt": path.name, "font.size": 8, "svg.fonttype": "none"}):
        figure = Figure(figsize=(SIZE[0] * columns, SIZE[1] * lines), layout="constrained")
        axes = figure.subplots(lines, columns, squeeze=False).ravel()
        for axis, (name, shown) in zip(axes, panels.items(), strict=False):
            axis.set_title(titles.get(name, name))
            DRAW[series](axis, shown)
        for axis in axes[len(panels) :]:
            axis.set_axis_off()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})
    return path


def _overlaid(panels: dict[str, dict[str, Any]], titles: dict[str, str], together: str) -> dict[str, dict[str, Any]]:
    """Merge the panels into one where all curves are of one attack."""
    attacks = {attack for shown in panels.values() for attack in shown}
    if len(panels) == 1 or len(attacks) > 1:
        return panels
    return {together: {titles.get(name, name): curve for name, shown in panels.items() for curve in shown.values()}}


def _roc(axis: "Axes", shown: dict[str, Any]) -> None:
    draw_roc(axis, {attack: (curve["fpr"], curve["tpr"]) for attack, curve in shown.items()}, LOWEST)


def _precision_recall(axis: "Axes", shown: dict[str, Any]) -> None:
    draw_precision_recall(axis, {attack: (curve["recall"], curve["precision"]) for attack, curve in shown.items()})


def _hardness(axis: "Axes", shown: dict[str, Any]) -> None:
    for shift, group in ((-0.2, "easy"), (0.2, "hard")):
        values, low, high = zip(*(_ends(numbers[group]) for numbers in shown.values()), strict=True)
        places = [place + shift for place in range(len(shown))]
        axis.bar(places, values, width=0.4, label=group)
        axis.vlines(places, low, high, color="black", linewidth=1)
    axis.set_xticks(range(len(shown)), list(shown), rotation=20)
    axis.set_ylabel("TPR at 1 % FPR")
    axis.legend(loc="upper left")


def _ends(numbers: list[float | None]) -> list[float]:
    """The value and the ends of its interval, NaN (not drawn) where missing."""
    return [math.nan if number is None else number for number in numbers]


def _difficulty(axis: "Axes", shown: dict[str, Any]) -> None:
    for found in shown.values():
        for group in ("hidden", "exposed"):
            total = max(sum(found[group]), 1)
            axis.stairs([count / total for count in found[group]], found["edges"], label=group, fill=True, alpha=0.5)
    axis.set(xlabel="mean loss on the references", ylabel="share of the group")
    axis.legend()


def _scores_by_class(axis: "Axes", shown: dict[str, Any]) -> None:
    for classes in shown.values():
        for shift, group, colour in ((-0.15, "members", "C0"), (0.15, "nonmembers", "C1")):
            places = [place + shift for place in range(len(classes))]
            low, first, middle, third, high = zip(*(numbers[group] for numbers in classes.values()), strict=True)
            axis.vlines(places, low, high, color=colour, linewidth=1)
            axis.vlines(places, first, third, color=colour, linewidth=5, alpha=0.6, label=group)
            axis.plot(places, middle, "o", color=colour, markersize=3)
        axis.set_xticks(range(len(classes)), list(classes))
    axis.set(xlabel="class", ylabel="score: 5 % to 95 %, quartiles, median", yscale="symlog")
    axis.legend()


def _densities(axis: "Axes", shown: dict[str, Any]) -> None:
    for place, (attack, found) in enumerate(shown.items()):
        top = max(*found["density_members"], *found["density_nonmembers"], 1e-12)
        for group, style in (("members", "-"), ("nonmembers", "--")):
            heights = [place + 0.9 * height / top for height in found[f"density_{group}"]]
            low, high = found["grid"][0], found["grid"][-1]
            x = [(value - low) / (high - low) for value in found["grid"]]
            axis.plot(x, heights, style, color=f"C{place}", label=f"{attack}, {group}")
    axis.set(xlabel="loss, each scaled to its range", yticks=[], ylabel="density")
    axis.legend(fontsize=6)


DRAW: dict[SeriesKind, Callable[["Axes", dict[str, Any]], None]] = {
    "roc": _roc,
    "precision_recall": _precision_recall,
    "hardness": _hardness,
    "difficulty": _difficulty,
    "scores_by_class": _scores_by_class,
    "densities": _densities,
}
