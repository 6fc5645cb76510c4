"""Which charts an audit can show, with their captions."""

from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.report import rate_plots, score_plots, spoken
from miaudit.report.curves import SCATTER_POINTS, precision_recall_points, roc_points
from miaudit.report.drawing import Plot
from miaudit.report.histograms import shared_bins
from miaudit.report.records import Records
from miaudit.report.tables import Matrix, brief, by_strength, learned_matrices, percent

KDE_AXES = {
    "cross_entropy": "Cross-entropy loss, −log p",
    "probability": "Probability of the true class, p",
    "normalized_probability": "Normalised probability, log p / (1 − p)",
}


class Chart(NamedTuple):
    """One or more views of the same series, with the words around them."""

    key: str  # its id in the page
    title: str
    views: dict[str, Plot]  # by the label of the button that shows it; the first one is shown at first
    label: str  # its name for those who hear the page
    spoken: str  # what it shows, for the same readers
    caption: str

    @property
    def plot(self) -> Plot:
        """The view that is shown at first."""
        return next(iter(self.views.values()))


class Densities(NamedTuple):
    """What a density attack learned, (g,) each."""

    grid: Floats
    members: Floats
    nonmembers: Floats
    divergence: float | None

    @classmethod
    def of(cls, learned: dict[str, Any]) -> "Densities | None":
        """Read them from what an attack tells of itself, if it tells this."""
        keys = ("grid", "density_members", "density_nonmembers")
        if not all(learned.get(key) for key in keys):
            return None
        grid, members, nonmembers = (np.array(learned[key], dtype=float) for key in keys)
        finite = np.isfinite(grid) & np.isfinite(members) & np.isfinite(nonmembers)
        return cls(grid[finite], members[finite], nonmembers[finite], learned.get("kl_divergence"))


def roc_chart(result: AuditResult, records: Records) -> Chart:
    """All attacks on logarithmic and on linear axes; needs members and non-members."""
    known, names = records.known, _scored(result, records)
    curves = {name: roc_points(records.scores[name][known], records.member[known]) for name in names}
    members = int(records.member.sum())
    nonmembers = int(known.sum()) - members
    whiskers = _whiskers(result.attacks[names[0]])
    caption = (
        "Up: the share of members found. To the right: the share of non-members wrongly accused. Both scales are "
        "logarithmic at first, because the left side matters most: there an attacker names a few members and is almost "
        "never wrong. The dashed diagonal is guessing. The shaded part, below "
        f"{percent(float(f'{1 / nonmembers:.2g}'))}, is less than one of the {nonmembers:,} non-members, so nothing "
        "can be measured there."
    )
    if whiskers:
        caption += f" The circles with whiskers are the rates of {names[0]} with their intervals."
    return Chart(
        key="roc",
        title="ROC curves",
        views={
            "Logarithmic": rate_plots.roc(curves, members, nonmembers, whiskers),
            "Linear": rate_plots.linear_roc(curves, whiskers),
        },
        label=f"ROC curves of {_counted(names)}; the strongest is {names[0]}.",
        spoken=spoken.roc({name: result.attacks[name] for name in names}),
        caption=caption,
    )


def _whiskers(attack: AttackResult) -> tuple[rate_plots.Whisker, ...]:
    return tuple(
        rate_plots.Whisker(float(fpr), tpr.value, tpr.low, tpr.high)
        for fpr, tpr in attack.tpr_at_fpr.items()
        if tpr.resolved and tpr.value and tpr.low is not None and tpr.high is not None
    )


def precision_chart(result: AuditResult, records: Records) -> Chart:
    """Precision against recall of all attacks; needs members and non-members."""
    known, names = records.known, _scored(result, records)
    curves = {name: precision_recall_points(records.scores[name][known], records.member[known]) for name in names}
    prevalence = float(records.member[known].mean())
    return Chart(
        key="precision",
        title="Precision and recall",
        views={"Linear": rate_plots.precision_recall(curves, prevalence)},
        label=f"Precision-recall curves of {_counted(names)}.",
        spoken=spoken.precision({name: result.attacks[name] for name in names}),
        caption=(
            "How often a claim is right (up), if the attacker wants to find this share of the members (to the right). "
            f"Guessing is right in {brief(prevalence)} of the claims: the share of members among the "
            "audited records. Where members are rarer, precision is lower."
        ),
    )


def histogram_charts(result: AuditResult, records: Records) -> tuple[Chart, ...]:
    """Scores of members and non-members, an attack a chart."""
    return tuple(
        _histogram(place, name, result.attacks[name], records) for place, name in enumerate(_scored(result, records))
    )


def _histogram(place: int, name: str, attack: AttackResult, records: Records) -> Chart:
    groups = {group: records.scores[name][mask] for group, mask in records.groups().items()}
    bins, cut = shared_bins(np.concatenate(list(groups.values()))), attack.decision.cut
    notes = ["" if bins.scale.width is None else "Away from the middle, the axis is logarithmic."]
    notes += ["No line: cuts differ between records."] if cut is None and attack.decision.tp is not None else []
    return Chart(
        key=f"scores-{place}",
        title=name,
        views={"Linear": score_plots.histogram(groups, bins, cut)},
        label=f"Histogram of the scores of {name}: {' and '.join(groups)}.",
        spoken=spoken.histogram(groups, cut),
        caption=" ".join(filter(None, notes)),
    )


def density_charts(result: AuditResult) -> tuple[tuple[Chart, tuple[Matrix, ...]], ...]:
    """The densities that attacks by density estimate have learned, and how well they judged with them."""
    found = ((name, Densities.of(result.attacks[name].learned)) for name in by_strength(result))
    with_density = [(name, learned) for name, learned in found if learned is not None]
    return tuple(
        (
            _density(place, name, str(result.attacks[name].params.get("loss", "")), learned),
            learned_matrices(result.attacks[name].learned),
        )
        for place, (name, learned) in enumerate(with_density)
    )


def _density(place: int, name: str, loss: str, learned: Densities) -> Chart:
    grid, members, nonmembers, divergence = learned
    caption = "A record is called a member where the members' density is the higher one."
    if divergence is not None:
        caption += f" KL divergence {divergence:.3g} nats, members from non-members."
    return Chart(
        key=f"density-{place}",
        title=name,
        views={"Linear": score_plots.densities(grid, members, nonmembers, KDE_AXES.get(loss, "Loss"))},
        label=f"Densities of members and non-members as {name} learned them.",
        spoken=spoken.densities(grid, members, nonmembers),
        caption=caption,
    )


def hardness_chart(records: Records) -> Chart | None:
    """Score against calibrated score; needs reference models."""
    if records.loss is None or records.reference_loss is None:
        return None
    sample = (
        f" Shown are {SCATTER_POINTS:,} of {len(records):,} records, drawn at random with a fixed seed."
        if len(records) > SCATTER_POINTS
        else ""
    )
    seen = np.isfinite(records.loss) & np.isfinite(records.reference_loss)
    if not seen.any():
        return None
    loss, calibrated = records.loss[seen], (records.loss - records.reference_loss)[seen]
    groups = {name: mask[seen] for name, mask in records.groups().items()}
    return Chart(
        key="hardness",
        title="Hardness of the records",
        views={"Linear": score_plots.hardness(loss, calibrated, groups)},
        label="Scatter plot of membership score against calibrated score, one point per record.",
        spoken=spoken.hardness(loss, calibrated, groups),
        caption=(
            "Each point is a record. To the right: the model is sure of the true class. Up: it is surer than reference "
            "models that never saw the record. Memorised members are at the top right: the model knows them well, "
            "although the references find them hard. Easy records, members or not, lie on the line at 0, at its right "
            "end: every model knows them. Records outside of the central 99\u00a0% of a score are drawn at the edge."
            + sample
        ),
    )


def _counted(names: tuple[str, ...]) -> str:
    return f"{len(names)} attack{'' if len(names) == 1 else 's'}"


def _scored(result: AuditResult, records: Records) -> tuple[str, ...]:
    return tuple(name for name in by_strength(result) if name in records.scores)
