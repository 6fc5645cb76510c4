"""The temperature of an attack that compares probabilities: p = softmax(logits / T).

A model that has learned its records by heart gives them probabilities close to 1, which differ little from one another.
A temperature above 1 spreads them, which helps if the references know many of the records, and costs strength if the
probabilities are far from 1 already. So it is chosen on the shadows, where members are known.
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from miaudit.attacks._on_shadows import Score, best
from miaudit.evidence import Evidence, Panel

Temperature = Literal["auto"] | Annotated[float, Field(gt=0)]

DESCRIPTION = "p = softmax(logits / temperature); auto: the best of 1, 1.5, 2, 3 and 4 on the shadows, 2 without any"
GRID = (1.0, 1.5, 2.0, 3.0, 4.0)
DEFAULT = 2.0


def temperature_of(wanted: Temperature, evidence: Evidence, score: Score) -> float:
    """The temperature that an attack uses.

    `auto` is the temperature of GRID at which `score` of a tempered panel tells the members of the shadows best, the
    lowest of several, without further views of the records; DEFAULT if there is no shadow to choose on.
    """
    if wanted != "auto":
        return wanted
    found = best([at(temperature, score) for temperature in GRID], evidence.each(Panel.without_views))
    return DEFAULT if found is None else GRID[found]


def at(temperature: float, score: Score) -> Score:
    """The score of a panel whose probabilities are at this temperature."""
    return lambda panel: score(tempered(panel, temperature))


def tempered(panel: Panel, temperature: float) -> Panel:
    """The panel with every model's probabilities at this temperature."""
    return panel.changed(lambda view: replace(view, outputs=view.outputs.tempered(temperature)))
