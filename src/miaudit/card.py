"""Writes a small card in HTML, as notebooks show the value of a cell."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from markupsafe import Markup, escape

Tint = Literal["bad", "warn", "good", "neutral"]
# Tones that stand out on white and on black alike; all other colours are those of the notebook.
TINTS: dict[Tint, str] = {"bad": "#d2453a", "warn": "#c08a1e", "good": "#2f9a72", "neutral": "#7c8794"}
FRAME = "border:1px solid #8886;border-left:5px solid {};border-radius:4px;padding:.7em 1em;max-width:46em"
CELL = "padding:.15em .8em .15em 0;text-align:{};vertical-align:top;background:none;color:inherit"


class Table(NamedTuple):
    """A table whose first column holds names, and the others numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def card(title: str, sentences: Iterable[str], table: Table | None = None, tint: Tint = "neutral") -> str:
    """One HTML element with styles of its own, without scripts; what is given is escaped.

    Args:
        title: the answer in a few words.
        sentences: what explains it, one paragraph each; empty ones are left out.
        table: numbers below the sentences.
        tint: the colour at the left.

    Example:
        >>> "a &lt; b" in card("a < b", [])
        True
    """
    parts = [
        Markup('<div style="{}">').format(FRAME.format(TINTS[tint])),
        Markup('<div style="font-weight:600;font-size:1.15em">{}</div>').format(title),
        *(Markup('<p style="margin:.35em 0">{}</p>').format(sentence) for sentence in sentences if sentence),
        Markup() if table is None else _table(table),
        Markup("</div>"),
    ]
    return str(Markup().join(parts))


def _table(table: Table) -> Markup:
    heads = Markup().join(_cell("th", place, head) for place, head in enumerate(table.heads))
    rows = Markup().join(
        Markup("<tr>{}</tr>").format(Markup().join(_cell("td", place, text) for place, text in enumerate(row)))
        for row in table.rows
    )
    style = "color:inherit;border-collapse:collapse;margin:.4em 0 0;font-variant-numeric:tabular-nums;font-size:.92em"
    return Markup('<table style="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(style, heads, rows)


def _cell(kind: str, place: int, text: str) -> Markup:
    style = CELL.format("left" if place == 0 else "right")
    return Markup('<{} style="{}">{}</{}>').format(Markup(kind), style, escape(text), Markup(kind))  # noqa: S704
