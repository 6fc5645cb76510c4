"""The charts' colours: a colour-blind safe set, each with its twin for a dark page.

Figures carry the light colours; the page exchanges them one for one when it turns dark, so every light colour
here is used for one role only.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A role's colour on a light and on a dark page."""

    light: str
    dark: str


INK = Colour("#1d232b", "#e7eaee")
MUTED = Colour("#5f6975", "#a0a9b4")
GRID = Colour("#e4e6e8", "#2c333c")
SHADE = Colour("#eef0f1", "#20262e")
PAPER = Colour("#ffffff", "#181d23")

MEMBER = Colour("#0b5c96", "#5eb3ee")
NONMEMBER = Colour("#dd7a1f", "#f2a65a")
UNKNOWN = Colour("#67727e", "#9aa5b1")
REST = Colour("#b9c0c7", "#566170")  # attacks that share one grey line

# After Okabe and Ito (2008), darkened where thin lines on white need it.
SERIES = (
    Colour("#0072b2", "#56b4e9"),
    Colour("#d55e00", "#ff8b4d"),
    Colour("#00896b", "#2ecfa3"),
    Colour("#b3478f", "#e48bc4"),
    Colour("#9a7400", "#f0c440"),
    Colour("#3b9fd1", "#a6dcff"),
    Colour("#343a40", "#f8f9fa"),
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid")


def light_to_dark() -> dict[str, str]:
    """What the page exchanges when it turns dark."""
    roles = (INK, MUTED, GRID, SHADE, PAPER, MEMBER, NONMEMBER, UNKNOWN, REST, *SERIES)
    return {role.light: role.dark for role in roles}
