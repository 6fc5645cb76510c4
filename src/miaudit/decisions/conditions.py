"""The conditions of a policy: whether the audit has looked at enough, and whether it passed its own checks."""

from collections.abc import Iterator

from miaudit.auditing.result import AuditResult
from miaudit.auditing.verdict import proven_to_see
from miaudit.decisions.outcomes import ConditionOutcome, Counted
from miaudit.decisions.policy import Requirements
from miaudit.messages import listed
from miaudit.presenter import count

HOW_TO_RUN = "name it in `attacks`, or set `attacks: all`"  # what runs an attack that an audit left out
NOT_RUN = f"not among the attacks of this audit: {HOW_TO_RUN}"


def conditions(
    result: AuditResult, require: Requirements, baseline: AuditResult | None = None
) -> Iterator[ConditionOutcome]:
    """Each condition that the policy sets, with what the audit has, and its baseline where there is one."""
    if require.controls:
        yield _controls("the audit's own controls", result)
        if baseline is not None:
            yield _controls("the baseline's own controls", baseline)
    if result.preliminary is not None:
        found = f"has {count(result.preliminary.models)} of {count(result.preliminary.of)} models"
        yield ConditionOutcome(title="a finished audit", met=False, found=found)
    models = 0 if result.references is None else result.references.models
    numbers: tuple[tuple[Counted, str, int, int], ...] = (
        ("members", "members", require.members, result.target.members),
        ("nonmembers", "non-members", require.nonmembers, result.target.nonmembers),
        ("models", "reference models", require.models, models),
    )
    for counted, what, least, have in numbers:
        if least:
            title, found = f"at least {count(least)} {what}", f"has {count(have)}"
            yield ConditionOutcome(title=title, counted=counted, met=have >= least, found=found)
    if require.attacks:
        missing = [name for name in require.attacks if name not in result.attacks]
        reasons = [f"{name} ({result.skipped.get(name, NOT_RUN)})" for name in missing]
        found = f"without {listed(reasons)}" if missing else "all of them"
        yield ConditionOutcome(title=f"attacks {listed(require.attacks)}", met=not missing, found=found)


def _controls(title: str, result: AuditResult) -> ConditionOutcome:
    failed = failed_control(result)
    found = f"failed: {failed}" if failed else "passed"
    return ConditionOutcome(title=title, met=not failed, voids=bool(failed), found=found)


def failed_control(result: AuditResult) -> str:
    """What is wrong with the audit itself, in words; empty where its numbers can be relied on."""
    level, controls = result.verdict.level, result.controls
    if level in ("invalid", "distribution_shift"):
        return result.verdict.headline.removesuffix(".")
    if not controls.null_passed:
        return "an attack found a leak where there is none"
    if level == "leaks":  # the verdict has weighed the other controls, and they do not explain the leak
        return ""
    if controls.references_unlike:
        return "the reference models do not resemble the target"
    if not proven_to_see(result.findings, controls):
        return "no attack found the leak that was built in"
    return ""
