"""Densities of the loss, as attacks by density estimate have learned them."""

from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.result import AttackResult
from miaudit.presenter import decimals, score
from miaudit.report import score_plots
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.claims import learned_matrices
from miaudit.report.tables import by_strength

AXES = {
    "cross_entropy": "Cross-entropy loss, −log p",
    "probability": "Probability of the true class, p",
    "normalized_probability": "Normalised probability, log(p / (1 − p))",
}


class Learned(NamedTuple):
    """What a density attack learned, (g,) each."""

    grid: Floats
    members: Floats
    nonmembers: Floats
    divergence: float | None

    @classmethod
    def of(cls, learned: dict[str, Any]) -> "Learned | None":
        """Read them from what an attack reports that it learned; None if it reports no densities."""
        keys = ("grid", "density_members", "density_nonmembers")
        if not all(learned.get(key) for key in keys):
            return None
        grid, members, nonmembers = (np.array(learned[key], dtype=float) for key in keys)
        finite = np.isfinite(grid) & np.isfinite(members) & np.isfinite(nonmembers)
        return cls(grid[finite], members[finite], nonmembers[finite], learned.get("kl_divergence"))


def densities(audit: Audited) -> Section | None:
    """The section on learned densities; None where no attack learned any."""
    result = audit.result
    found = {name: Learned.of(result.attacks[name].learned) for name in by_strength(result)}
    learned = {name: density for name, density in found.items() if density is not None}
    if not learned:
        return None
    charts = (_chart(place, name, result.attacks[name], learned[name]) for place, name in enumerate(learned))
    return Section(
        key="densities",
        question="researchers",
        place=40,
        heading="Densities of the loss",
        text="What attacks that estimate densities learned from records of known membership. Where the audit has no "
        "such records of its own, it deals the audited ones into parts, and each part is judged by an attacker who "
        "knows some of the others. Then the known records count among the audited ones as well, and what is shown was "
        "learned by the attacker who judges the first part.",
        charts=tuple(charts),
        size="half",
    )


def _chart(place: int, name: str, attack: AttackResult, learned: Learned) -> Chart:
    grid, members, nonmembers, divergence = learned
    axis = AXES.get(str(attack.params.get("loss")), "Loss")
    caption = "A record is called a member where the members' density is the higher one."
    if divergence is not None:
        caption += f" KL divergence of the members from the non-members: {decimals(divergence)} nats."
    return Chart(
        key=f"density-{place}",
        title=name,
        views={"Linear": score_plots.densities(grid, members, nonmembers, axis)},
        label=f"Densities of members and non-members as {name} learned them.",
        spoken=_spoken(grid, members, nonmembers),
        caption=caption,
        matrices=learned_matrices(attack.learned),
    )


def _spoken(grid: Floats, members: Floats, nonmembers: Floats) -> str:
    """Where each density is highest."""
    peaks = {"members": members, "non-members": nonmembers}
    places = (f"{name} at {score(float(grid[np.argmax(values)]))}" for name, values in peaks.items())
    return f"The densities are highest for {', for '.join(places)}."
