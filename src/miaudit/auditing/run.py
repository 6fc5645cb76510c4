"""Carries out a plan: train, ask, attack, check, sum up."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.attacks.base import Attack
from miaudit.auditing.beyond import Rivals, beyond
from miaudit.auditing.blind import attack_blindly, baseline
from miaudit.auditing.cache import judged_key, load_judged, save_judged
from miaudit.auditing.controls import positive_control
from miaudit.auditing.findings import findings
from miaudit.auditing.gather import Gathered, ask, gather
from miaudit.auditing.known import Knowable
from miaudit.auditing.likeness import likeness
from miaudit.auditing.plan import Plan, Questions
from miaudit.auditing.provenance import peak_memory_mb, provenance
from miaudit.auditing.references import with_references
from miaudit.auditing.result import AuditResult, Controls, Cost, DuplicateRecords, Finding, TargetFacts
from miaudit.auditing.scoring import Judged, judge, judged_shadows, reference_loss, score, shadow_scores
from miaudit.auditing.sum_up import attack_result, controls_of
from miaudit.auditing.verdict import verdict
from miaudit.datasets._duplicates import Duplicates
from miaudit.evidence.floor import floor_of, saturated
from miaudit.seeds import generator
from miaudit.training.checkpoints import Store
from miaudit.training.run_local import Progress, Watch, unwatched
from miaudit.training.upkeep import in_use
from miaudit.training.workers import Workers, run_on

Ask = Callable[[str, Attack], Judged]


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, eq=False)
class Finished:
    """An audit's result with what the report and the files need beside it."""

    result: AuditResult
    gathered: Gathered
    judged: dict[str, Judged]


@dataclass
class Clock:
    """Wall seconds per stage, and models; summed where an audit is carried out in steps."""

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
    plan: Plan,
    store: Store,
    workers: Workers = None,
    progress: Progress = silent,
    watch: Watch = unwatched,
    clock: Clock | None = None,
) -> Finished:
    """Audit by the plan; all that is finished at an interrupt lies in the store and is not done again.

    `progress` is told what is done, `watch` how fast training goes; `clock` has run during earlier steps.
    """
    with in_use(store):
        return _run(plan, store, workers, progress, watch, clock or Clock())


def _run(plan: Plan, store: Store, workers: Workers, progress: Progress, watch: Watch, clock: Clock) -> Finished:
    with clock.stage("outputs"):
        said = ask(plan, store)  # first: if a model at hand does not fit, nothing was trained in vain
    with clock.stage("training"):
        tally = run_on(plan.works, plan.data, store, workers, progress, watch, plan.device)
    clock.models, clock.trained = len(plan.works), clock.trained + tally.trained
    with clock.stage("outputs"):
        gathered = gather(plan, said, store)
    return answer(plan.questions, gathered, store, clock, progress)


def answer(
    questions: Questions,
    gathered: Gathered,
    store: Store,
    clock: Clock | None = None,
    progress: Progress = silent,
) -> Finished:
    """The part of an audit that follows once the evidence is there."""
    clock = clock or Clock()
    asker = _Asker(questions, gathered, store, progress)
    with clock.stage("attacks"):
        judged = asker.audit()
    truth = gathered.truth
    scores = {name: found.scores for name, found in judged.items()}
    with clock.stage("metrics"):
        labels = gathered.evidence.audit.labels
        attacks = {name: attack_result(questions.attacks[name], found, labels, truth) for name, found in judged.items()}
        found = findings(scores, truth)
    with clock.stage("controls"):
        controls = asker.controls(scores, found)
    facts = _facts(gathered)
    words = verdict(found, controls, facts.members, facts.nonmembers, str(gathered.duplicates or ""))
    result = AuditResult(
        verdict=with_references(words, controls.likeness, gathered.references),
        findings=found,
        target=facts,
        references=gathered.references,
        attacks=attacks,
        skipped=questions.skipped,
        duplicates=_counts(gathered.duplicates),
        left_out=gathered.left_out,
        controls=controls,
        cost=Cost(
            seconds=clock.seconds,
            models_trained=clock.trained,
            models_cached=clock.models - clock.trained,
            peak_memory_mb=peak_memory_mb(),
        ),
        provenance=provenance(questions.seed, gathered.data, gathered.recipe, questions.config, gathered.device),
    )
    return Finished(result, gathered, judged)


@dataclass(frozen=True, eq=False)
class _Asker:
    """Puts the attacks to the evidence, one after another, through the store."""

    questions: Questions
    gathered: Gathered
    store: Store
    progress: Progress

    def audit(self) -> dict[str, Judged]:
        """Every attack on the audited records."""
        asked = self.questions
        knowable = Knowable(self.gathered.truth, asked.known_fraction)

        def ask(name: str, attack: Attack) -> Judged:
            return judge(name, attack, self.gathered.evidence, asked.threshold, asked.seed, knowable)

        return dict(self._each("attacks", ask))

    def positive_control(self) -> dict[str, tuple[Floats, Bools]]:
        """Scores and truth of every attack where everything leaks."""
        seed = self.questions.seed
        evidence, truth = positive_control(self.gathered.evidence, self.gathered.truth, generator(seed, "positive"))
        knowable = Knowable(truth, self.questions.known_fraction)

        def ask(name: str, attack: Attack) -> Judged:
            return Judged(score(name, attack, evidence, seed, knowable), None, {})

        return {name: (found.scores, truth) for name, found in self._each("controls", ask)}

    def controls(self, scores: dict[str, Floats], found: tuple[Finding, ...]) -> Controls:
        """The audit's checks of itself, given every attack's scores (n,) and what they amount to."""
        truth, seed = self.gathered.truth, self.questions.seed
        view = reference_loss(self.gathered.evidence.audit)
        checked = controls_of(scores, truth, self.positive_control(), generator(seed, "null"), view)
        blind = attack_blindly(self.gathered.records, truth, generator(seed, "blind"))
        checked = checked.model_copy(
            update={
                "blind": baseline(self.gathered.records, truth, blind),
                "likeness": likeness(self.gathered.evidence, truth),
            }
        )
        if not checked.sides_differ or not found:
            return checked
        known = [blind.scores, self.gathered.records.values[:, np.argmax(np.abs(blind.column_auc - 0.5))]]
        rivals = Rivals.of(known if view is None else [*known, view], truth)
        return checked.model_copy(update={"beyond": beyond(found, scores, rivals, self._on_shadow)})

    def _on_shadow(self, name: str) -> tuple[Floats, Bools] | None:
        """Scores and truth of an attack on the first shadow that serves it, if its members were drawn at random."""
        attack, evidence = self.questions.attacks[name], self.gathered.evidence
        able = judged_shadows(attack, evidence)[:1] if self.gathered.shadows_drawn else []
        if not able:
            return None
        known = shadow_scores(attack, evidence, able, generator(self.questions.seed, "beyond", name))
        return known.scores, known.member

    def _each(self, stage: str, ask: Ask) -> Iterator[tuple[str, Judged]]:
        attacks = self.questions.attacks
        for done, (name, attack) in enumerate(attacks.items()):
            self.progress(stage, done, len(attacks))
            about = f"{stage} {self.gathered.key} {self.questions.known_fraction}"
            key = judged_key(name, attack, self.questions.threshold, about, self.questions.seed)
            found = load_judged(self.store, key)
            if found is None:
                found = ask(name, attack)
                save_judged(self.store, key, found)
            yield name, found
        self.progress(stage, len(attacks), len(attacks))


def _counts(found: Duplicates | None) -> DuplicateRecords | None:
    if found is None:
        return None
    return DuplicateRecords(
        members=len(found.members),
        nonmembers=len(found.nonmembers),
        relabelled=len(found.relabelled),
        repeated=found.repeated,
    )


def _facts(gathered: Gathered) -> TargetFacts:
    members = int(gathered.truth.sum())
    return TargetFacts(
        description=gathered.description,
        members=members,
        nonmembers=len(gathered.truth) - members,
        classes=gathered.evidence.audit.n_classes,
        train_accuracy=gathered.train_accuracy,
        test_accuracy=gathered.test_accuracy,
        guarantee=gathered.guarantee,
        probability_floor=floor_of(gathered.evidence),
        saturated=saturated(gathered.evidence.audit),
    )
