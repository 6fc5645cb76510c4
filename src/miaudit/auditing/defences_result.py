"""The result of comparing defences: one row per defence, utility against leakage."""

from typing import Any

from pydantic import ConfigDict, Field

from miaudit.auditing.result import AuditResult, Cost, Provenance, Record
from miaudit.config import Attacker
from miaudit.defences.base import Guarantee
from miaudit.metrics.quantity import Quantity

SCHEMA = "miaudit.defences/1"
UNDEFENDED = "none"


class Leak(Record):
    """The numbers of one attack in one audit."""

    auc: Quantity
    """Area under the ROC curve."""
    tpr_at_fpr: dict[str, Quantity]
    """True positive rate at the false positive rates "0.01", "0.001" and "0.0001"."""


class Leakage(Record):
    """The numbers of all attacks by one attacker."""

    attacks: dict[str, Leak]
    """Title of the attack -> what it finds."""
    verdict: str
    """Level of the audit's verdict."""
    folder: str
    """Folder of the whole audit, beside this result."""

    @property
    def strongest(self) -> str | None:
        """The name of the attack with the highest AUC; None where no AUC could be measured."""
        known = {name: leak.auc.value for name, leak in self.attacks.items() if leak.auc.value is not None}
        return max(known, key=lambda name: known[name]) if known else None

    def highest(self, fpr: str) -> tuple[str, Quantity] | None:
        """The attack with the highest true positive rate at a limit, and that rate; None where no rate is resolved."""
        rates = {name: leak.tpr_at_fpr[fpr] for name, leak in self.attacks.items() if fpr in leak.tpr_at_fpr}
        known = {name: rate.value for name, rate in rates.items() if rate.value is not None}
        if not known:
            return None
        name = max(known, key=lambda attack: known[attack])
        return name, rates[name]


class Defended(Record):
    """One defence: what it costs, and what it leaves to find."""

    title: str
    """The defence with its options; "none" without a defence."""
    train_accuracy: Quantity
    """Accuracy on the members."""
    test_accuracy: Quantity
    """Accuracy on records that the target was not trained on."""
    guarantee: Guarantee | None
    """What is proven of the defended target, if anything is."""
    attackers: dict[Attacker, Leakage]
    """What each attacker finds; without a defence both find the same."""

    @property
    def is_defended(self) -> bool:
        """Is there a defence that an attacker may know of?"""
        return self.title != UNDEFENDED

    @property
    def distinct(self) -> dict[Attacker, Leakage]:
        """What each attacker finds; a single entry where there is no defence to know of."""
        return self.attackers if self.is_defended else dict(list(self.attackers.items())[:1])


class DefencesResult(Record):
    """Several defences on the same data, split and recipe. The row without a defence comes first."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    description: str
    """The target without a defence, in words."""
    members: int
    """Number of audited members."""
    nonmembers: int
    """Number of audited non-members."""
    rows: tuple[Defended, ...]
    """The target without a defence, then a row for each defence."""
    skipped: dict[str, str]
    """Title of the attack -> why it does not apply to one of the audits."""
    cost: Cost
    """Time and models of all audits together."""
    provenance: Provenance
    """Where the numbers come from; its configuration is that of the comparison."""


def leakage(result: AuditResult, folder: str) -> Leakage:
    """The part of an audit's result that is compared."""
    leaks = {name: Leak(auc=found.auc, tpr_at_fpr=found.tpr_at_fpr) for name, found in result.attacks.items()}
    return Leakage(attacks=leaks, verdict=result.verdict.level, folder=folder)


def compared(audits: list[tuple[str, Attacker, str, AuditResult]], config: dict[str, Any]) -> DefencesResult:
    """Put audits, given by title, attacker and folder, into one result; those of one title must follow each other."""
    rows: dict[str, Defended] = {}
    for title, attacker, folder, result in audits:
        known = rows[title].attackers if title in rows else {}
        rows[title] = Defended(
            title=title,
            train_accuracy=result.target.train_accuracy,
            test_accuracy=result.target.test_accuracy,
            guarantee=result.target.guarantee,
            attackers={**known, attacker: leakage(result, folder)},
        )
    first = audits[0][3]
    once = {folder: result for _, _, folder, result in audits}  # one audit may stand for both attackers
    return DefencesResult(
        description=first.target.description,
        members=first.target.members,
        nonmembers=first.target.nonmembers,
        rows=tuple(rows.values()),
        skipped={name: why for result in once.values() for name, why in result.skipped.items()},
        cost=_total([result.cost for result in once.values()]),
        provenance=first.provenance.model_copy(update={"config": config}),
    )


def _total(costs: list[Cost]) -> Cost:
    stages = dict.fromkeys(stage for cost in costs for stage in cost.seconds)
    peaks = [cost.peak_memory_mb for cost in costs if cost.peak_memory_mb is not None]
    return Cost(
        seconds={stage: round(sum(cost.seconds.get(stage, 0.0) for cost in costs), 3) for stage in stages},
        models_trained=sum(cost.models_trained for cost in costs),
        models_cached=sum(cost.models_cached for cost in costs),
        peak_memory_mb=max(peaks, default=None),
        finished=max((cost.finished for cost in costs if cost.finished is not None), default=None),
    )
