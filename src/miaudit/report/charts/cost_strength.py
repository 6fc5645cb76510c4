"""What each attack finds against what its attacker must have."""

from miaudit.attacks.base import MEANS, Means
from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.presenter import count, quantity, rate
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.drawing import Plot
from miaudit.report.row_plots import Measured, areas, rates
from miaudit.report.tables import by_strength
from miaudit.report.words import MEANS_IN_WORDS

COLOURS: dict[Means, str] = {"queries": "s0", "records": "s2", "references": "s1", "shadows": "s3"}


def cost_strength(audit: Audited) -> Section | None:
    """The section on cost and strength; None with less than two attacks of measured strength and known cost."""
    result = audit.result
    costs = _costs(result)
    if len(costs) < 2:
        return None
    chart = Chart(
        key="cost_strength",
        title="Cost and strength",
        views=_views(result, costs),
        label="Intervals of what each attack finds, one row per attack, the cheapest attacks first.",
        spoken=" ".join(_spoken(name, means, result.attacks[name]) for name, means in costs.items()),
        caption=_caption(result),
        rows=len(costs),
    )
    return Section(
        key="cost_strength",
        question="researchers",
        place=10,
        heading="What strength costs",
        text="",
        charts=(chart,),
    )


def _costs(result: AuditResult) -> dict[str, Means]:
    """The attacks with an AUC and known means, the cheapest first, and of equally cheap ones the strongest."""
    measured = [name for name in by_strength(result) if result.attacks[name].auc.value is not None]
    return {name: means for means in MEANS for name in measured if result.attacks[name].means == means}


def _views(result: AuditResult, costs: dict[str, Means]) -> dict[str, Plot]:
    colours = {MEANS_IN_WORDS[means][0]: COLOURS[means] for means in MEANS if means in costs.values()}
    rows = [(name, MEANS_IN_WORDS[means][0], result.attacks[name]) for name, means in costs.items()]
    by_rate = rates(
        [Measured(name, series, attack.tpr_at_fpr.get("0.01")) for name, series, attack in rows],
        colours,
        "TPR at 1 % FPR",
    )
    by_area = areas([Measured(name, series, attack.auc) for name, series, attack in rows], colours)
    return {"AUC": by_area} if by_rate is None else {"TPR": by_rate, "AUC": by_area}


def _caption(result: AuditResult) -> str:
    caption = (
        "From top to bottom the attacker needs more: nothing but answers of the model, records that they know, models "
        "that they train. Lines are 95 % intervals, the dotted line is guessing."
    )
    if result.references is not None:
        caption += f" The attacks of this audit share {count(result.references.models)} auxiliary models."
    return f"{caption} LDC-MIA (Table 6) also gives the time of each attack by itself, which is not measured here."


def _spoken(name: str, means: Means, attack: AttackResult) -> str:
    found = rate(attack.tpr_at_fpr.get("0.01")).text()
    return f"{name} ({MEANS_IN_WORDS[means][0].lower()}): AUC {quantity(attack.auc).text()}, TPR at 1 % FPR {found}."
