"""Results with findings given as numbers, so that grades, sentences and next steps can be worked out by hand."""

from typing import Any

from miaudit.auditing.grading import graded
from miaudit.auditing.result import AuditResult, Controls, Finding, Level, ReferenceFacts
from miaudit.metrics.quantity import Quantity
from report_example import Example

Ends = tuple[float, float, float]  # value, low, high

PASSED = Controls(null={}, positive={}, null_passed=True, positive_passed=True)
NOTHING: Ends = (0.01, 0.0, 0.02)
CHANCE: Ends = (0.5, 0.48, 0.52)


def measured(ends: Ends | None, n: int = 1000) -> Quantity:
    """A quantity; None for one that the records do not resolve."""
    if ends is None:
        return Quantity.unresolved(n, "too few")
    value, low, high = ends
    return Quantity(value=value, low=low, high=high, confidence=0.99, n=n)


def finding(name: str, tpr: Ends | None = NOTHING, auc: Ends = CHANCE) -> Finding:
    """What one attack found."""
    return Finding(name=name, tpr=measured(tpr), auc=measured(auc), epsilon=measured((0.0, 0.0, 1.0)))


def result_of(*found: Finding, level: Level = "leaks", controls: Controls = PASSED, **changes: Any) -> AuditResult:
    """A result with these findings and the grade that follows from them."""
    strengths = {each.name: 1.0 for each in found}
    example = Example(members=100, nonmembers=100, strengths=strengths, level=level).result()
    update = {"findings": found, "controls": controls, "skipped": {}, "grade": graded(level, found, controls)}
    return example.model_copy(update=update | changes)


def trained(result: AuditResult, means: str = "shadows") -> AuditResult:
    """The result with attacks that have a pool of models."""
    attacks = {name: attack.model_copy(update={"means": means}) for name, attack in result.attacks.items()}
    return result.model_copy(update={"attacks": attacks})


def facts(members: int) -> ReferenceFacts:
    """Facts on models of a target that was trained on so many records."""
    return ReferenceFacts(
        models=4, fewest_records=50, most_records=50, target_records=members, recipe="as the target", given=True
    )
