"""Advises what to do next: at most three steps, which follow from the numbers of an audit."""

from miaudit.auditing.result import AuditResult, Grouping
from miaudit.decisions.converged import gain_in_words, still_gains, strongest_measured
from miaudit.decisions.defence_effect import EXAMPLE
from miaudit.decisions.ladder import NOT_CHOSEN, ladder
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.plain import of_hundred
from miaudit.decisions.record_steps import records_to_audit
from miaudit.decisions.step import NextStep
from miaudit.messages import listed
from miaudit.presenter import count

MOST = 3
STUDENTS = (  # docs/references.md: what they gain, and when they pay
    "For a network, students of it may pay more: for the same 16 trainings, `ensemble` with 4 models, 2 of them "
    "`shadows`, and `students: 4` found more than with 16 models in four of five worlds, and as much in the fifth."
)


def next_steps(result: AuditResult, decision: GateResult | None = None) -> tuple[NextStep, ...]:
    """The steps that follow from the audit, the most urgent first; only one where its numbers mean nothing yet.

    Records come first where the verdict or the decision needs more of them: nothing else can settle these.

    Args:
        result: the audit.
        decision: what a policy says of it; None where none was applied.
    """
    by_level = {"invalid": _mend, "distribution_shift": _draw_at_random}
    first = by_level.get(result.verdict.level)
    if first is not None:
        return (first(result),)
    records = records_to_audit(result, decision)
    is_first, more = (False, None) if records is None else (records.comes_first, records.step)
    steps = (
        _more_like_it(result),
        more if is_first else None,
        _defend(result),
        _protect_groups(result),
        _stronger_attackers(result),
        _more_models(result),
        None if is_first else more,
    )
    return tuple(step for step in steps if step is not None)[:MOST]


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
    why = f"{gain_in_words(found[0], 'training records')} {way}"
    if _could_teach(result):
        why += f" {STUDENTS}"
    return NextStep(f"Train more than {models} reference models", why)


def _could_teach(result: AuditResult) -> bool:
    """Could students of the target be trained, and are there none? Only networks learn what others answer."""
    recipe = result.provenance.recipe or {}
    return result.references is not None and not result.references.students and "model" in recipe.get("base", recipe)
