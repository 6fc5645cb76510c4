"""Histograms of the membership scores, one chart per attack."""

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.result import AttackResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.presenter import count, score
from miaudit.report import score_plots
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.claims import cut_rows, cutless
from miaudit.report.histograms import AWAY, shared_bins

FAR = 1000.0  # times as wide as both parts of the scores is a gap that an attack left on purpose


def scores(audit: Audited) -> Section | None:
    """The section on the scores; None where no attack has any."""
    result, records = audit
    if not audit.scored:
        return None
    whose = "members and non-members" if records.has_both else "the audited records"
    return Section(
        key="scores",
        question="sure",
        place=30,
        heading=f"Scores of {whose}",
        text=_text(audit),
        charts=tuple(_chart(place, name, result.attacks[name], records) for place, name in enumerate(audit.scored)),
        size="half",
    )


def _text(audit: Audited) -> str:
    sentences = [
        "The less the two shapes overlap, the more the attack can tell."
        if audit.records.has_both
        else "It is not known which records are members, so only the scores as such can be shown."
    ]
    if cut_rows(audit.result):
        sentences.append(
            "A dashed line is the attack’s own cut; a solid one, for the slider’s attack, is the page’s cut. Records "
            "to the right are called members."
        )
        if cutless(audit.result):
            sentences.append("An attack without a line had nothing to choose a cut on.")
    return " ".join(sentences)


def _chart(place: int, name: str, attack: AttackResult, records: ScoredRecords) -> Chart:
    groups = {group: records.scores[name][mask] for group, mask in records.groups().items()}
    bins, cut = shared_bins(np.concatenate(list(groups.values()))), attack.decision.cut
    notes = ["" if bins.scale.width is None else AWAY, _far_below(np.concatenate(list(groups.values())))]
    notes += ["No line: the cut differs between records."] if cut is None and attack.decision.tp is not None else []
    return Chart(
        key=f"scores-{place}",
        title=name,
        views={"Linear": score_plots.histogram(groups, bins, cut)},
        label=f"Histogram of the scores of {name}: {' and '.join(groups)}.",
        spoken=_spoken(groups, cut),
        caption=" ".join(filter(None, notes)),
    )


def _far_below(values: Floats) -> str:
    """A sentence on records far below all others, as an attack scores those that it rules out; empty without any."""
    rising = np.sort(values)
    gaps = np.diff(rising)
    if not len(gaps):
        return ""
    below = int(np.argmax(gaps)) + 1
    spread = max(float(np.ptp(rising[below:])), float(np.ptp(rising[:below])))
    if below > len(rising) / 2 or spread == 0 or gaps[below - 1] <= FAR * spread:
        return ""
    return f"The attack scores {count(below)} records, at the far left, far below all others: it rules them out."


def _spoken(groups: dict[str, Floats], cut: float | None) -> str:
    """The median and the middle half of each group's scores, and the cut."""
    sentences = [_middle(name, values) for name, values in groups.items() if len(values)]
    return " ".join([*sentences, "There is no single cut." if cut is None else f"Its own cut is {score(cut)}."])


def _middle(name: str, values: Floats) -> str:
    low, median, high = (score(float(value)) for value in np.percentile(values, [25, 50, 75]))
    return f"{name.capitalize()}: median {median}, half of the scores from {low} to {high}."
