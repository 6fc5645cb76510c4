"""The report's charts: each a pure function of arrays that gives a Plotly figure in the light colours.

Rates are drawn in per cent. Names of attacks are data: they are escaped before Plotly reads them as its own markup.
The readable name travels in a trace's `meta`, from which the page builds its legend.
"""

from html import escape
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from miaudit.arrays import Bools, Floats
from miaudit.report import palette
from miaudit.report.curves import Curve, sampled
from miaudit.report.histograms import Bins, shares, ticks
from miaudit.report.tables import PER_CENT

GROUP_COLOURS = {"members": palette.MEMBER, "non-members": palette.NONMEMBER, "all records": palette.UNKNOWN}
GROUP_SYMBOLS = {"members": "circle", "non-members": "x-thin-open", "all records": "circle"}

DWARFED = 5.0  # a density this many times as high hides the other one


class Whisker(NamedTuple):
    """A rate with its interval at one place of a chart's horizontal axis."""

    x: float
    value: float
    low: float
    high: float


def roc(curves: dict[str, Curve], members: int, nonmembers: int, whiskers: tuple[Whisker, ...] = ()) -> go.Figure:
    """ROC curves on logarithmic axes, the strongest attack first; `whiskers` belong to it.

    Left of one in `nonmembers` the chart is shaded: no false positive rate there can be told from zero.
    """
    left, floor = 25 / nonmembers, 50 / members
    figure = _figure("False positive rate", "True positive rate")
    for place, (name, curve) in reversed(list(enumerate(curves.items()))):
        start = int(np.sum(curve.x == 0)) - 1  # the best without a false alarm; below it, logarithms only hide the axis
        seen = Curve(np.maximum(100 * curve.x, left)[start:], np.maximum(100 * curve.y, floor)[start:])
        figure.add_trace(_curve(name, place, seen))
    if whiskers:
        figure.add_trace(_whiskers(whiskers, _line(0)[0]))
    ends = [min(left, floor), 100.0]
    figure.add_trace(_guide(ends, ends))
    figure.update_xaxes(type="log", range=[np.log10(left), 2.004], **_percent_ticks(left))
    figure.update_yaxes(type="log", range=[np.log10(floor), 2.03], **_percent_ticks(floor))
    _shade(figure, left, 100 / nonmembers)
    return figure


def precision_recall(curves: dict[str, Curve], prevalence: float) -> go.Figure:
    """Precision against recall; the dashed line is guessing, at the members' share of the records."""
    figure = _figure("Recall: share of all members found", "Precision: share of claims that are right")
    for place, (name, curve) in reversed(list(enumerate(curves.items()))):
        figure.add_trace(_curve(name, place, Curve(100 * curve.x, 100 * curve.y)))
    figure.add_trace(_guide([0.0, 100.0], [100 * prevalence, 100 * prevalence]))
    figure.update_xaxes(range=[0, 100.4], ticksuffix=PER_CENT)
    lowest = min([prevalence, *(float(curve.y.min()) for curve in curves.values())])
    figure.update_yaxes(range=[max(0.0, 100 * lowest - 5), 102], ticksuffix=PER_CENT)
    return figure


def histogram(groups: dict[str, Floats], bins: Bins, cut: float | None) -> go.Figure:
    """Scores of each group of records over shared bins, and the attack's cut."""
    figure = _figure("Membership score", "Share of the group")
    heights = {name: 100 * shares(scores, bins) for name, scores in groups.items()}
    for name, height in heights.items():
        colour = GROUP_COLOURS[name].light
        figure.add_trace(_bars(name, len(groups[name]), height, bins, colour))
        figure.add_trace(_outline(height, bins, colour))
    figure.update_layout(barmode="overlay", bargap=0)
    figure.update_xaxes(range=[float(bins.edges[0]), float(bins.edges[-1])])
    if bins.scale.width is not None:
        labels = ticks(bins)
        figure.update_xaxes(
            tickvals=[tick.place for tick in labels], ticktext=[tick.text for tick in labels], tickangle=0
        )
    highest = max(float(height.max()) for height in heights.values())
    figure.update_yaxes(range=[0, 1.16 * highest], ticksuffix=PER_CENT)
    if cut is not None and np.isfinite(cut):
        _mark_cut(figure, cut, bins)
    return figure


def densities(grid: Floats, members: Floats, nonmembers: Floats, quantity: str) -> go.Figure:
    """Estimated densities of one quantity over `grid`, (g,) each; on a logarithmic axis where one dwarfs the other."""
    peaks = sorted((float(members.max()), float(nonmembers.max())))
    # A peak of 0: all records of a kind lie in one point, between those of the grid.
    logarithmic = peaks[0] > 0 and peaks[1] > DWARFED * peaks[0]
    figure = _figure(escape(quantity, quote=False), "Density")
    for name, values in {"members": members, "non-members": nonmembers}.items():
        colour = GROUP_COLOURS[name].light
        figure.add_trace(
            go.Scatter(
                x=_short(grid),
                y=_short(np.maximum(values, 1e-12) if logarithmic else values),
                name=name,
                meta=name,
                mode="lines",
                line={"color": colour, "width": 2},
                fill="none" if logarithmic else "tozeroy",
                fillcolor=f"{colour}38",
                hovertemplate="%{x:.4~g}: %{y:.3~g}",
            )
        )
    if logarithmic:
        figure.update_yaxes(type="log", range=[np.log10(peaks[0]) - 3, np.log10(peaks[1]) + 0.1], dtick=1)
    else:
        figure.update_yaxes(rangemode="tozero")
    return figure


def hardness(loss: Floats, calibrated: Floats, groups: dict[str, Bools]) -> go.Figure:
    """Score on the target against calibrated score, (n,) each, a point a record (LDC-MIA, Figure 1).

    At most 3,000 records, drawn with a fixed seed; the view opens on the central 99 %.
    """
    figure = _figure("Score on the target: log p of the true class", "Calibrated score: target minus references")
    shown = np.zeros(len(loss), dtype=bool)
    shown[sampled(len(loss))] = True
    for rank, (name, mask) in reversed(list(enumerate(groups.items()))):
        records = mask & shown
        figure.add_trace(
            go.Scatter(
                x=_short(loss[records]),
                y=_short(calibrated[records]),
                name=name,
                meta=name,
                legendrank=rank,
                mode="markers",
                marker={
                    "color": GROUP_COLOURS[name].light,
                    "symbol": GROUP_SYMBOLS[name],
                    "size": 6,
                    "opacity": 0.6,
                    "line": {"width": 1.2, "color": GROUP_COLOURS[name].light},
                },
                hovertemplate="score %{x:.3f}, calibrated %{y:.3f}",
            )
        )
    figure.update_xaxes(range=_central(loss))
    figure.update_yaxes(range=_central(calibrated), zeroline=True, zerolinecolor=palette.MUTED.light, zerolinewidth=1)
    return figure


def _figure(x_title: str, y_title: str) -> go.Figure:
    axis = {
        "gridcolor": palette.GRID.light,
        "linecolor": palette.MUTED.light,
        "tickcolor": palette.GRID.light,
        "zeroline": False,
        "automargin": True,
    }
    title = {"color": palette.MUTED.light, "size": 13}
    return go.Figure(
        layout={
            "template": "none",
            "font": {"color": palette.INK.light, "size": 12},
            "paper_bgcolor": palette.PAPER.light,
            "plot_bgcolor": palette.PAPER.light,
            "margin": {"l": 56, "r": 24, "t": 14, "b": 44},
            "hoverlabel": {"bgcolor": palette.PAPER.light, "font": {"color": palette.INK.light}},
            "legend": {"orientation": "h"},
            "xaxis": {**axis, "title": {"text": x_title, "standoff": 10, "font": title}},
            "yaxis": {**axis, "title": {"text": y_title, "standoff": 8, "font": title}},
        }
    )


def _line(place: int) -> tuple[str, str]:
    """Colour and dash of the attack at this place; those after the last colour share one grey."""
    if place >= len(palette.SERIES):
        return palette.REST.light, "solid"
    return palette.SERIES[place].light, palette.DASHES[place]


def _curve(name: str, place: int, curve: Curve) -> go.Scatter:
    colour, dash = _line(place)
    return go.Scatter(
        x=_short(curve.x),
        y=_short(curve.y),
        name=escape(name, quote=False),
        meta=name,
        legendrank=place,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2.6 if place == 0 else 1.7},
        hovertemplate=f"%{{x:.3~g}}{PER_CENT} → %{{y:.3~g}}{PER_CENT}",
    )


def _guide(x: list[float], y: list[float]) -> go.Scatter:
    line = {"color": palette.MUTED.light, "dash": "4px,4px", "width": 1.2}
    return go.Scatter(x=x, y=y, name="guessing", meta="guessing", mode="lines", line=line, hoverinfo="skip")


def _whiskers(whiskers: tuple[Whisker, ...], colour: str) -> go.Scatter:
    x, value, low, high = 100 * np.array(whiskers).T
    return go.Scatter(
        x=_short(x),
        y=_short(value),
        mode="markers",
        showlegend=False,
        name="interval",
        marker={"color": palette.PAPER.light, "size": 8, "line": {"color": colour, "width": 2}},
        error_y={
            "array": _short(high - value),
            "arrayminus": _short(value - low),
            "color": colour,
            "width": 5,
        },
        hovertemplate=f"at %{{x:.2~g}}{PER_CENT}: %{{y:.3~g}}{PER_CENT}",
    )


def _percent_ticks(least: float) -> dict[str, list[float] | list[str]]:
    """Ticks at the powers of ten from `least` to 100 per cent."""
    values = [10.0**power for power in range(int(np.ceil(np.log10(least))), 3)]
    return {"tickvals": values, "ticktext": [f"{value:.10g}{PER_CENT}" for value in values]}


def _shade(figure: go.Figure, left: float, right: float) -> None:
    figure.add_vrect(x0=left / 10, x1=right, fillcolor=palette.SHADE.light, line_width=0, layer="below")
    figure.add_vline(x=right, line={"color": palette.MUTED.light, "width": 1, "dash": "2px,3px"}, layer="below")
    figure.add_annotation(
        x=np.log10(np.sqrt(left * right)),
        y=0.98,
        yref="paper",
        yanchor="top",
        textangle=-90,
        showarrow=False,
        text="cannot be told",
        font={"color": palette.MUTED.light, "size": 12},
    )


def _bars(name: str, count: int, height: Floats, bins: Bins, colour: str) -> go.Bar:
    ends = [f"{score:.3g}" for score in bins.scale.score(bins.edges)]
    return go.Bar(
        x=_short((bins.edges[:-1] + bins.edges[1:]) / 2),
        y=_short(height),
        width=float(bins.edges[1] - bins.edges[0]),
        name=name,
        meta=f"{name} ({count:,})",
        customdata=[f"{low} to {high}" for low, high in pairwise(ends)],
        marker={"color": colour, "opacity": 0.38, "line": {"width": 0}},
        hovertemplate=f"score %{{customdata}}: %{{y:.2~f}}{PER_CENT}",
    )


def _outline(height: Floats, bins: Bins, colour: str) -> go.Scatter:
    return go.Scatter(
        x=_short(np.repeat(bins.edges, 2)),
        y=_short(np.r_[0, np.repeat(height, 2), 0]),
        mode="lines",
        line={"color": colour, "width": 1.6},
        showlegend=False,
        hoverinfo="skip",
    )


def _mark_cut(figure: go.Figure, cut: float, bins: Bins) -> None:
    """A line at the cut; where it lies outside of the view, a line at the edge with an arrow in words."""
    low, high = float(bins.edges[0]), float(bins.edges[-1])
    seen = float(bins.scale.place(np.array(cut)))
    arrow = "← " * (seen < low) + f"cut {cut:.3g}".replace("-", "−") + " →" * (seen > high)
    place = float(np.clip(seen, low, high))
    figure.add_vline(x=place, line={"color": palette.INK.light, "width": 1.5, "dash": "5px,3px"})
    left_half = place < (low + high) / 2
    figure.add_annotation(
        x=place,
        y=1,
        yref="paper",
        xanchor="left" if left_half else "right",
        yanchor="top",
        xshift=4 if left_half else -4,
        showarrow=False,
        text=arrow,
        bgcolor=palette.PAPER.light,
        font={"color": palette.INK.light, "size": 12},
    )


def _central(values: Floats) -> list[float]:
    low, high = np.percentile(values, [0.5, 99.5])
    margin = 0.04 * (high - low) or 0.5
    return [float(low - margin), float(high + margin)]


def _short(values: Floats) -> list[float]:
    """Five significant digits: a screen shows no more, and the page stays small."""
    return [float(f"{value:.5g}") for value in values]
