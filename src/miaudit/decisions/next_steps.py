"""Advises what to do next: at most three steps, which follow from the numbers of an audit."""

from collections.abc import Callable
from typing import NamedTuple

from miaudit.auditing.grading import step_of
from miaudit.auditing.result import AuditResult, Finding, Grouping
from miaudit.decisions.converged import gain_in_words, still_gains, strongest_measured
from miaudit.decisions.defence_effect import EXAMPLE
from miaudit.decisions.ladder import NOT_CHOSEN, ladder
from miaudit.decisions.placing import narrowest, records_to_grade, records_to_rule_out
from miaudit.decisions.plain import STEP_NAMES, of_hundred
from miaudit.messages import listed
from miaudit.presenter import count

MOST = 3


class NextStep(NamedTuple):
    """Something to do, and the numbers that it follows from."""

    title: str
    why: str


def next_steps(result: AuditResult) -> tuple[NextStep, ...]:
    """The steps that follow from the audit, the most urgent first; only one where its numbers mean nothing yet."""
    by_level = {"invalid": _mend, "distribution_shift": _draw_at_random}
    first = by_level.get(result.verdict.level)
    if first is not None:
        return (first(result),)
    is_open = result.verdict.level in ("too_few_records", "weak_signs")
    advice: tuple[Callable[[AuditResult], NextStep | None], ...]
    advice = (_more_like_it, _defend, _protect_groups, _stronger_attackers, _more_models, _more_records)
    advice = (_more_records, *advice[:-1]) if is_open else advice
    steps = [step for step in (advise(result) for advise in advice) if step is not None]
    return tuple(steps[:MOST])


def _mend(result: AuditResult) -> NextStep:
    return NextStep("Mend the audit before anything else", result.verdict.sentences[0])


def _draw_at_random(result: AuditResult) -> NextStep:
    return NextStep(
        "Audit again with outsiders that were drawn at random",
        "Set aside some of the records at random before the model is trained, and use these as outsiders "
        f"(non-members). With the {count(result.target.nonmembers)} outsiders of this audit, a leak cannot be told "
        "from a difference in the data.",
    )


def _more_like_it(result: AuditResult) -> NextStep | None:
    """Reference models that resemble the target, where they do not."""
    if not result.controls.references_unlike:
        return None
    return NextStep(
        "Train the attackers’ models like this one",
        "They do not resemble it, so attacks may have missed a leak or part of it. Say exactly how the model was "
        "trained: `--recipe` or `--train`, or `recipe` in a configuration.",
    )


def _defend(result: AuditResult) -> NextStep | None:
    """A defence, with a measured effect."""
    if result.verdict.level != "leaks":
        return None
    (auc, with_it), (accuracy, left) = EXAMPLE.auc, EXAMPLE.accuracy
    example = (
        f"On {EXAMPLE.model}, {EXAMPLE.name} brought the best attack from {of_hundred(auc)} to {of_hundred(with_it)} "
        f"right answers in 100 pairs{_here(result)}, and took {accuracy - left:.1f} points of accuracy. On your model "
        "the effect must be measured; a defence lowers the leak and adds no records."
    )
    if "dataset" in result.provenance.config:
        return NextStep(f"Try a defence: add `defences: [{EXAMPLE.name}]` to the configuration", example)
    return NextStep("Train the model again with a defence, and audit it again", example)


def _here(result: AuditResult) -> str:
    """The unit of the example for this model: right answers in 100 pairs of a training record and an outsider."""
    values = [finding.auc.value for finding in result.findings if finding.auc.value is not None]
    return f" (this model: {of_hundred(max(values))}; guessing: 50)" if values else " (guessing: 50)"


def _more_records(result: AuditResult) -> NextStep | None:
    """The number of records that would settle what is open."""
    level, found = result.verdict.level, result.findings
    records = result.target.members + result.target.nonmembers
    if not found or result.controls.sides_differ:
        return None
    if level == "too_few_records":
        needed = records_to_rule_out(found, records)
        why = f"This audit has {count(records)}. With that many, four audits of five rule out a leak if there is none."
        return NextStep(_audit(needed), f"{why}{_no_more_members(result)}")
    if level == "weak_signs":
        needed = _confirming(found)
        why = (
            f"This audit has {count(records)}. If the sign is as strong as it looks, that many would confirm the leak."
        )
        return NextStep(_audit(needed), f"{why}{_no_more_members(result)}")
    return _narrower(result, records)


def _confirming(found: tuple[Finding, ...]) -> int:
    return min(finding.sign.records for finding in found if finding.sign is not None and finding.sign.clear)


def _narrower(result: AuditResult, records: int) -> NextStep | None:
    """More records for a grade that its intervals leave open."""
    if result.grade is None or result.grade.is_settled:
        return None
    needed = records_to_grade(result.findings, records)
    if needed is None or needed <= records:
        return None
    low, high = (STEP_NAMES[bound.step].lower() for bound in (result.grade.lower, result.grade.upper))
    is_unproven = result.grade.lower.step == "none_found"
    open_now = f"a {high} leak cannot be ruled out" if is_unproven else f"the leak lies anywhere from {low} to {high}"
    opening = f"With the {count(records)} records of this audit, {open_now}."
    if not has_all_members(result):
        return NextStep(
            _audit(needed), f"{opening} If what was measured is true, that many would place it in one step."
        )
    return NextStep(
        "Audit more outsiders, or a model with more training records",
        f"{opening} All {count(result.target.members)} training records of this model are audited already."
        f"{_at_best(result)} For another, comparable model that leaks as much, an audit of {count(needed)} records in "
        f"all ({count(records)} here), in the same mix, would place the leak in one step.",
    )


def _audit(needed: int) -> str:
    return f"Audit about {count(needed)} records in all"


def has_all_members(result: AuditResult) -> bool:
    """Are all of the target's training records audited, as far as the audit knows?"""
    return result.references is not None and result.references.target_records <= result.target.members


def _no_more_members(result: AuditResult) -> str:
    """What to add where no training record is left; empty where some are."""
    if not has_all_members(result):
        return ""
    return (
        f" All {count(result.target.members)} training records are audited already: add outsiders, or audit a "
        "comparable model that was trained on more records."
    )


def _at_best(result: AuditResult) -> str:
    """How far more outsiders alone narrow the rate that the grade rests on; empty where it rests on none."""
    grade = result.grade
    found = {finding.name: finding.tpr for finding in result.findings}
    if grade is None or grade.lower.measure != "tpr" or grade.lower.attack not in found:
        return ""
    rate = found[grade.lower.attack]
    low, high = narrowest(rate, result.target.members)
    steps = [STEP_NAMES[step_of("tpr", end)].lower() for end in (low, high)]
    enough = f"one step, {steps[0]}" if steps[0] == steps[1] else f"still {steps[0]} to {steps[1]}"
    return (
        f" If what was measured is true, even unlimited outsiders narrow {of_hundred(rate.low or 0.0)} to "
        f"{of_hundred(rate.high or 1.0)} of 100 to about {of_hundred(low)} to {of_hundred(high)} at best: {enough}."
    )


def _protect_groups(result: AuditResult) -> NextStep | None:
    """The groups that are found more often than the others, beyond chance."""
    exposed = [(grouping.by, names) for grouping in result.groups if (names := _more_exposed(result, grouping))]
    if result.verdict.level != "leaks" or not exposed:
        return None
    by, names = exposed[0]
    why = "Attacks find the records of these groups more often than others, beyond chance."
    return NextStep(f"Protect these first: {by} {listed(names)}", why)


def _more_exposed(result: AuditResult, grouping: Grouping) -> list[str]:
    """Groups in which an attack has a higher AUC than on all records, and differs from the others beyond chance."""
    return [
        group.name
        for group in grouping.groups
        if any(
            within.differs and (within.auc.value or 0.0) > (result.attacks[name].auc.value or 0.0)
            for name, within in group.attacks.items()
        )
    ]


def _stronger_attackers(result: AuditResult) -> NextStep | None:
    """How to include attackers who train models, where none of the attacks was of that kind."""
    trains = [rung for rung in ladder(result) if rung.means in ("references", "shadows")]
    if not trains or any(rung.tried for rung in trains):
        return None
    way = (
        "Choose attacks such as `lira`, `rmia` and `ldc`."
        if all(rung.why == NOT_CHOSEN for rung in trains)
        else "Say how the model was trained (`--recipe` or `--train`), so that attackers can train their own, or give "
        "the predictions of such models."
    )
    return NextStep(
        "Let stronger attackers try", f"Attackers who train models usually find the most; this audit has none. {way}"
    )


def _more_models(result: AuditResult) -> NextStep | None:
    """More reference models, where the last ones that were added still found more, beyond chance."""
    found = strongest_measured(result)
    if not found or not still_gains(found[0]):
        return None
    models = count(found[0].steps[-1].models)
    way = "The number is `--models`, or `models` of the `split` in a configuration."
    if result.references is None:
        way = "Add their outputs to the evidence file."
    return NextStep(
        f"Train more than {models} reference models", f"{gain_in_words(found[0], 'training records')} {way}"
    )
