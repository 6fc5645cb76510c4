"""Makes a result that may leave a protected environment: no record, no score, no count below a minimum."""

from typing import Any

from miaudit.auditing.grading import graded
from miaudit.auditing.references import with_references
from miaudit.auditing.result import AttackResult, AuditResult, Controls, Decision, Finding, TargetFacts, Verdict
from miaudit.auditing.result.base import Record
from miaudit.auditing.result.release import Release
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.auditing.verdict import verdict
from miaudit.decisions.release_groups import released_grouping
from miaudit.decisions.saved import SavedAudit
from miaudit.decisions.scrub import scrubbed
from miaudit.decisions.withheld import WITHHELD, coarse_roc, epsilon, is_small, rate, share
from miaudit.errors import UserError

LEAST = 10  # records behind a number
REMOVED = (
    "Every table and chart with a row or a point for a record, and all ids: the most exposed records, the scores, the "
    "hardness of the records.",
    "Cuts, densities and everything else that an attack learned, which may lie next to the score of a record.",
    "What attacks found with fewer reference models: the differences could reveal counts of few records.",
    "How the file of predictions was read, the sentence on records that occur twice, the smallest probability, "
    "and from names of files and URLs: folders, users, passwords and tokens.",
    "Counts of fewer than {k} records, and rates that rest on so few or on all but so few. Intervals of rates are "
    "rounded outwards to steps of {k} records, and bounds on epsilon downwards to one digit.",
    "Groups with fewer than {k} members or non-members, and groups from whose numbers theirs could be worked out.",
    "Corners of the ROC curves: between two points lie at least {k} members and {k} non-members.",
)


def release(audit: SavedAudit, k: int = LEAST) -> AuditResult:
    """The audit's result with aggregates over at least k records only, and a statement of what was removed.

    Args:
        audit: a finished audit; without its scores there are no ROC curves.
        k: fewest records behind a number, 2 or more.

    Raises:
        UserError: k is below 2, the audit was released already, or it has fewer than k members or non-members.
    """
    result, target = audit.result, audit.result.target
    if k < 2:
        raise UserError(f"expected a minimum of at least 2 records behind a number, got {k}")
    if result.release is not None:
        raise UserError(f"{audit.name} was made for release already: release the audit itself")
    if min(target.members, target.nonmembers) < 2 * k:
        raise UserError(
            f"a release with at least {k} records behind every number needs {2 * k} members and {2 * k} non-members, "
            f"{audit.name} has {target.members:,} and {target.nonmembers:,}"
        )
    findings = tuple(_finding(finding, target.members, k) for finding in result.findings)
    controls = _controls(result.controls, target, k)
    changed = {
        "findings": findings,
        "target": _target(target, k),
        "attacks": {name: _attack(attack, target, k) for name, attack in result.attacks.items()},
        "groups": tuple(released_grouping(grouping, result, k) for grouping in result.groups),
        "duplicates": _if_large(result.duplicates, k),
        "left_out": _if_large(result.left_out, k),
        "convergence": (),
        "read_as": (),
        "controls": controls,
        "release": Release(least=k, removed=tuple(line.format(k=k) for line in REMOVED), roc=_curves(audit, k)),
    }
    words = _verdict(result, findings, controls)
    grade = graded(words.level, findings, controls)  # from the coarser numbers
    released = result.model_copy(update={**changed, "verdict": words, "grade": grade})
    return AuditResult.model_validate(scrubbed(released.model_dump(by_alias=True)))


def _curves(audit: SavedAudit, k: int) -> dict[str, Any]:
    if audit.scores is None:
        return {}
    records = ScoredRecords.from_table(audit.scores, tuple(audit.result.attacks))
    known = records.known
    return {name: coarse_roc(scores[known], records.member[known], k) for name, scores in records.scores.items()}


def _verdict(result: AuditResult, findings: tuple[Finding, ...], controls: Controls) -> Verdict:
    """The same answer, in sentences that use only the numbers that are left."""
    target = result.target
    words = verdict(findings, controls, target.members, target.nonmembers)
    words = with_references(words, controls.likeness, result.references)
    is_same = words.level == result.verdict.level and words.headline == result.verdict.headline
    if is_same and not any(WITHHELD in sentence for sentence in words.sentences):
        return words
    return result.verdict.model_copy(update={"sentences": ("The numbers behind this answer are withheld.",)})


def _finding(finding: Finding, members: int, k: int) -> Finding:
    sign = finding.sign
    return finding.model_copy(
        update={
            "tpr": rate(finding.tpr, members, k),
            "epsilon": epsilon(finding.epsilon),
            "sign": None if sign is None else sign.model_copy(update={"tpr": rate(sign.tpr, members, k)}),
        }
    )


def _attack(attack: AttackResult, target: TargetFacts, k: int) -> AttackResult:
    members = target.members
    first = attack.first_cut
    ties = first is not None and not (
        is_small(first.tpr * members, members, k) or is_small(first.fpr * target.nonmembers, target.nonmembers, k)
    )
    drawn = attack.randomised_tpr_at_fpr
    return attack.model_copy(
        update={
            "tpr_at_fpr": {fpr: rate(tpr, members, k) for fpr, tpr in attack.tpr_at_fpr.items()},
            "precision_at_recall": {at: rate(of, of.n, k) for at, of in attack.precision_at_recall.items()},
            "epsilon": epsilon(attack.epsilon),
            "first_cut": first if ties else None,
            "randomised_tpr_at_fpr": {fpr: rate(tpr, members, k) for fpr, tpr in drawn.items()},
            "decision": _decision(attack.decision, k),
            "learned": {},
        }
    )


def _decision(decision: Decision, k: int) -> Decision:
    counted = (decision.tp, decision.fp, decision.tn, decision.fn)
    if any(count is None or count < k for count in counted):
        none = dict.fromkeys(("tp", "fp", "tn", "fn", "recall", "precision"))
        return decision.model_copy(update={**none, "cut": None})
    rates = {
        "recall": None if decision.recall is None else rate(decision.recall, decision.recall.n, k),
        "precision": None if decision.precision is None else rate(decision.precision, decision.precision.n, k),
    }
    return decision.model_copy(update={**rates, "cut": None})


def _target(target: TargetFacts, k: int) -> TargetFacts:
    accuracies = {
        name: rate(accuracy, accuracy.n, k)
        for name, accuracy in {"train_accuracy": target.train_accuracy, "test_accuracy": target.test_accuracy}.items()
    }
    saturated = share(target.saturated, target.members + target.nonmembers, k)
    return target.model_copy(update={**accuracies, "probability_floor": None, "saturated": saturated})


def _controls(controls: Controls, target: TargetFacts, k: int) -> Controls:
    blind, alike = controls.blind, controls.likeness
    changed: dict[str, Any] = {}
    if blind is not None:
        bound = None if blind.epsilon is None else epsilon(blind.epsilon)
        changed["blind"] = blind.model_copy(update={"tpr": rate(blind.tpr, target.members, k), "epsilon": bound})
    if alike is not None:
        fewest = min(target.members, target.nonmembers)
        measured = {
            name: of.model_copy(update={"target": share(of.target, fewest, k)}) if name.startswith("accuracy") else of
            for name, of in alike.measured.items()
        }
        changed["likeness"] = alike.model_copy(update={"measured": measured})
    return controls.model_copy(update=changed)


def _if_large(counted: Any, k: int) -> Any:
    """The counts if each is 0 or at least k; otherwise None."""
    if not isinstance(counted, Record):
        return None
    values = [value for name, value in counted if name in ("members", "nonmembers", "relabelled", "repeated", "near")]
    return counted if all(value == 0 or value >= k for value in values) else None
