"""Carries out a plan: asks the target, trains the models, runs the attacks and the controls, and sums up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from miaudit.arrays import Bools, Floats
from miaudit.auditing.checking import check
from miaudit.auditing.controls import positive_control
from miaudit.auditing.convergence import convergence
from miaudit.auditing.execution import SILENT, Listener
from miaudit.auditing.findings import findings
from miaudit.auditing.gather import Gathered, ask, gather
from miaudit.auditing.grading import graded
from miaudit.auditing.grouped import groupings
from miaudit.auditing.groups import Groups, classes_of, groups_by
from miaudit.auditing.judging import judge_all
from miaudit.auditing.known import Knowable
from miaudit.auditing.plan import Plan, Questions, Teaching
from miaudit.auditing.predictions import predictions_read
from miaudit.auditing.provenance import peak_memory_mb, provenance
from miaudit.auditing.references import with_references
from miaudit.auditing.result import AttackResult, AuditResult, Cost, DuplicateRecords, Provenance, TargetFacts
from miaudit.auditing.scoring import Judged
from miaudit.auditing.students import STUDENTS, cohorts_of, with_students
from miaudit.auditing.sum_up import attack_result
from miaudit.auditing.tasks import Material
from miaudit.auditing.trainable import check_trainable
from miaudit.auditing.unlocking import held
from miaudit.auditing.verdict import verdict
from miaudit.evidence.floor import saturated
from miaudit.fingerprint import fingerprint
from miaudit.model_outputs import SCALARS
from miaudit.records.duplicates import Duplicates
from miaudit.running.base import Runner
from miaudit.running.local import THIS_MACHINE
from miaudit.seeds import generator
from miaudit.store.base import Store
from miaudit.store.upkeep import in_use


@dataclass(frozen=True, eq=False)
class Finished:
    """An audit's result with what the report and the files need beside it."""

    result: AuditResult
    gathered: Gathered
    judged: dict[str, Judged]


@dataclass
class Clock:
    """Wall seconds per stage and numbers of models, added up if an audit is carried out in steps."""

    seconds: dict[str, float] = field(default_factory=dict)
    models: int = 0  # of the last step, which holds those of the steps before
    trained: int = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time that the block takes."""
        start = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - start, 3)


def run(
    plan: Plan, store: Store, runner: Runner = THIS_MACHINE, listener: Listener = SILENT, clock: Clock | None = None
) -> Finished:
    """Carry out the plan. After an interrupt, finished work is found in the store and not done again.

    Args:
        plan: the plan of the audit.
        store: where models and scores are kept.
        runner: trains the models.
        listener: informed of the audit's progress.
        clock: has run during earlier steps of the same audit; None if there were none.

    Raises:
        UserError: the target cannot be queried, a model cannot be trained, or an attack fails.
    """
    clock = clock or Clock()
    with in_use(store):
        with clock.stage("outputs"):
            said = ask(plan, store)  # first, so that nothing is trained in vain if a model at hand does not fit
        check_trainable(plan.works, plan.data, store)
        with clock.stage("training"):
            tally = runner.run(plan.works, plan.data, store, listener.report, listener.watch, plan.device)
        clock.models, clock.trained = len(plan.works), clock.trained + tally.trained
        with clock.stage("outputs"):
            gathered = gather(plan, said, store)
        if plan.teaching is not None:
            gathered = _taught(plan, plan.teaching, gathered, store, runner, listener, clock)
        return answer(plan.questions, gathered, store, clock, listener, runner.processes_here)


def _taught(
    plan: Plan, teaching: Teaching, gathered: Gathered, store: Store, runner: Runner, listener: Listener, clock: Clock
) -> Gathered:
    """The evidence with students, which learn from the answers that it holds."""

    def report(stage: str, done: int, total: int) -> None:
        del stage
        listener.report(STUDENTS, done, total)

    with clock.stage("training"):
        cohorts = cohorts_of(teaching, gathered.evidence)
        works = [work for each in cohorts for work in each.works]
        tally = runner.run(works, plan.data, store, report, listener.watch, plan.device)
    clock.models, clock.trained = clock.models + len(works), clock.trained + tally.trained
    evidence = with_students(gathered.evidence, cohorts, store, plan.shown.auxiliary)
    return replace(gathered, evidence=evidence, key=fingerprint(gathered.key, [work.key for work in works]))


def answer(
    questions: Questions,
    gathered: Gathered,
    store: Store,
    clock: Clock | None = None,
    listener: Listener = SILENT,
    processes: int | None = None,
) -> Finished:
    """Attack the evidence, check the audit and sum it up.

    Args:
        questions: the attacks, and their parameters.
        gathered: the evidence and its truth.
        store: where scores are kept.
        clock: has run during training; None where nothing was trained.
        listener: informed of the audit's progress.
        processes: number of processes that attacks run on; None for one per core.

    Raises:
        UserError: an attack fails.
    """
    clock = clock or Clock()
    truth, groups = gathered.truth, _groups(questions, gathered)
    with clock.stage("attacks"):
        judged, positive = _attacked(questions, gathered, store, listener, processes)
    with clock.stage("convergence"):
        fewer = convergence(questions, gathered, judged, store)
    scores = {name: found.scores for name, found in judged.items()}
    with clock.stage("metrics"):
        attacks = _attack_results(questions, gathered, judged)
        found = findings(scores, truth)
        by_group = groupings(scores, truth, groups, questions.groups.least)
    with clock.stage("controls"):
        controls = check(questions, gathered, scores, found, positive)
    facts = _facts(gathered)
    words = verdict(found, controls, facts.members, facts.nonmembers, str(gathered.duplicates or ""))
    result = AuditResult(
        verdict=with_references(words, controls.likeness, gathered.references),
        findings=found,
        grade=graded(words.level, found, controls),
        target=facts,
        references=gathered.references,
        attacks=attacks,
        groups=by_group,
        convergence=fewer,
        skipped=questions.skipped,
        skipped_means=questions.skipped_means,
        duplicates=_counts(gathered.duplicates),
        left_out=gathered.left_out,
        read_as=gathered.read_as,
        controls=controls,
        cost=_cost(clock),
        provenance=_provenance(questions, gathered),
    )
    return Finished(result, gathered, judged)


def _attacked(
    questions: Questions, gathered: Gathered, store: Store, listener: Listener, processes: int | None
) -> tuple[dict[str, Judged], dict[str, tuple[Floats, Bools]]]:
    """What the attacks make of the audited records, and their scores on the positive control with its truth."""
    material, control_truth = _material(questions, gathered)
    judged, on_control = judge_all(
        questions, material, gathered.key, store, listener.report, processes, gathered.pinned
    )
    return judged, {name: (scores, control_truth) for name, scores in on_control.items()}


def _provenance(questions: Questions, gathered: Gathered) -> Provenance:
    made = provenance(questions.seed, gathered.data, gathered.recipe, questions.config, gathered.device)
    return made.model_copy(update={"predictions": predictions_read(gathered.understood)})


def _groups(questions: Questions, gathered: Gathered) -> dict[str, Groups]:
    """The groups that are looked at; raises UserError where a column is not there or lacks values."""
    audit = gathered.evidence.audit
    classes = None if audit.kind in SCALARS else classes_of(audit.labels, gathered.class_names)
    return groups_by(questions.groups.columns, classes, gathered.further)


def _attack_results(questions: Questions, gathered: Gathered, judged: dict[str, Judged]) -> dict[str, AttackResult]:
    """The numbers of every attack."""
    evidence, has = gathered.evidence, held(gathered.evidence)
    return {
        name: attack_result(questions.attacks[name], found, evidence, gathered.truth, has)
        for name, found in judged.items()
    }


def _material(questions: Questions, gathered: Gathered) -> tuple[Material, Bools]:
    """The data that all attacks read, and the truth of its positive control."""
    truth, seed = gathered.truth, questions.seed
    control, control_truth = positive_control(gathered.evidence, truth, generator(seed, "positive"))
    material = Material(
        evidence=gathered.evidence,
        control=control,
        threshold=questions.threshold,
        seed=seed,
        knowable=Knowable(truth, questions.known_fraction),
        knowable_control=Knowable(control_truth, questions.known_fraction),
    )
    return material, control_truth


def _cost(clock: Clock) -> Cost:
    return Cost(
        seconds=clock.seconds,
        models_trained=clock.trained,
        models_cached=clock.models - clock.trained,
        peak_memory_mb=peak_memory_mb(),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _counts(found: Duplicates | None) -> DuplicateRecords | None:
    if found is None:
        return None
    return DuplicateRecords(
        members=len(found.members),
        nonmembers=len(found.nonmembers),
        relabelled=len(found.relabelled),
        repeated=found.repeated,
        near=len(found.near.nonmembers),
    )


def _facts(gathered: Gathered) -> TargetFacts:
    members, audit = int(gathered.truth.sum()), gathered.evidence.audit
    return TargetFacts(
        description=gathered.description,
        members=members,
        nonmembers=len(gathered.truth) - members,
        classes=0 if audit.kind in SCALARS else audit.n_classes,
        outputs=audit.kind,
        class_names=gathered.class_names,
        train_accuracy=gathered.train_accuracy,
        test_accuracy=gathered.test_accuracy,
        guarantee=gathered.guarantee,
        probability_floor=gathered.evidence.floor,
        saturated=saturated(audit),
    )
