"""Runs the attacks on the evidence and keeps their results in the store."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from miaudit.arrays import Floats
from miaudit.auditing.attacking import answers
from miaudit.auditing.cache import judged_key, load_judged, save_judged
from miaudit.auditing.plan import Questions
from miaudit.auditing.scoring import Judged
from miaudit.auditing.tasks import STAGES, Answer, Material, Stage, Task, TaskPart, tasks_of
from miaudit.errors import UserError
from miaudit.evidence.io.source import Pinned
from miaudit.running.base import Progress
from miaudit.store.base import Store


class AttackFindings(NamedTuple):
    """The results of the attacks, in the order in which they were named."""

    judged: dict[str, Judged]  # scores and cuts on the audited records
    positive: dict[str, Floats]  # scores on the positive control, where everything leaks


def judge_all(
    questions: Questions,
    material: Material,
    evidence_key: str,
    store: Store,
    progress: Progress,
    jobs: int | None = None,
    pinned: Pinned | None = None,
) -> AttackFindings:
    """Run every attack on the audited records and on the positive control.

    An attack is stored as soon as it is finished: an interrupt, or a failure of another attack, does not lose it. If
    the file of the evidence turns out to have changed while the attacks read it, what was stored is removed.

    Args:
        questions: the attacks and the seed.
        material: the evidence, its positive control, and what else the attacks read.
        evidence_key: names the content of the evidence.
        store: where the results are kept.
        progress: called with the number of attacks that are finished.
        jobs: number of processes; None for one per core.
        pinned: the file that evidence is read from; None if it is in memory.

    Raises:
        UserError: an attack lacks what it needs, gives invalid scores, or its process is killed again and again; or
            the file of the evidence changed.
    """
    records = {"attacks": len(material.evidence.audit), "controls": len(material.control.audit)}
    stages = {name: _Stage(name, questions, evidence_key, store, progress, records[name], pinned) for name in STAGES}
    for task, answer in answers([task for stage in stages.values() for task in stage.missing()], material, jobs):
        stages[task.stage].add(task, answer)
    if pinned is not None:
        _check_content(pinned, stages.values())
    audited, controls = (stage.in_order() for stage in stages.values())
    return AttackFindings(audited, {name: judged.scores for name, judged in controls.items()})


@dataclass(eq=False)
class _Stage:
    """The parts of each attack that are stored together."""

    name: Stage
    questions: Questions
    evidence_key: str
    store: Store
    progress: Progress
    records: int
    pinned: Pinned | None
    found: dict[str, Judged] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)  # keys of what this audit added
    parts: dict[str, dict[TaskPart, Answer]] = field(default_factory=dict)  # answers of attacks that are not finished

    def missing(self) -> Iterable[Task]:
        """The tasks of attacks that are not in the store."""
        for name in self.questions.attacks:
            judged = load_judged(self.store, self._key(name), self.records)
            if judged is not None:
                self.found[name] = judged
        self._report()
        left = [(name, attack) for name, attack in self.questions.attacks.items() if name not in self.found]
        return [task for name, attack in left for task in tasks_of(self.name, name, attack)]

    def add(self, task: Task, answer: Answer) -> None:
        """Keep an answer, and store the attack once all its answers are there."""
        parts = self.parts.setdefault(task.name, {})
        parts[task.part] = answer
        if len(parts) < len(tasks_of(self.name, task.name, task.attack)):
            return
        self.found[task.name] = _joined(parts)
        if self.pinned is not None:
            self.pinned.source.check()
        save_judged(self.store, self._key(task.name), self.found[task.name])
        self.stored.append(self._key(task.name))
        self._report()

    def forget(self) -> None:
        """Remove everything that this audit has stored."""
        for key in self.stored:
            self.store.discard(key)

    def in_order(self) -> dict[str, Judged]:
        """The results in the order in which the attacks were named."""
        return {name: self.found[name] for name in self.questions.attacks}

    def _key(self, name: str) -> str:
        asked = self.questions
        about = f"{self.name} {self.evidence_key} {asked.known_fraction}"
        return judged_key(name, asked.attacks[name], asked.threshold, about, asked.seed)

    def _report(self) -> None:
        self.progress(self.name, len(self.found), len(self.questions.attacks))


def _check_content(pinned: Pinned, stages: Iterable[_Stage]) -> None:
    """Remove what was stored and raise UserError if the file of the evidence has other content by now."""
    try:
        pinned.check_content()
    except UserError:
        for stage in stages:
            stage.forget()
        raise


def _joined(parts: dict[TaskPart, Answer]) -> Judged:
    said = list(parts.values())
    scores, learned = next((each.scores, each.learned) for each in said if each.scores is not None)
    return Judged(scores, next((each.cut for each in said if each.cut is not None), None), learned)
