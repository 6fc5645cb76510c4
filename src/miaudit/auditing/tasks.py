"""The parts of an attack, which can be computed separately and in any order with the same result."""

import traceback
import warnings
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from miaudit.arrays import Floats
from miaudit.attacks.base import Attack, CrossFits, Cut
from miaudit.auditing.known import Knowable
from miaudit.auditing.scoring import Rule, attacker_of, choose_cut, judge, learned, score, settled
from miaudit.auditing.shadow_scores import folds_of
from miaudit.errors import UserError
from miaudit.evidence import Evidence

Stage = Literal["attacks", "controls"]
STAGES: tuple[Stage, ...] = get_args(Stage)
TaskPart = Literal["judge", "score", "cut", "control"]

# About what `benchmarks/parallel.py` shows on one core: enough to tell a second from a minute.
LEARNT = 60_000.0  # records per second from which an attack learns
READ = 5_000_000.0  # pairs of record and model per second that an attack reads


class Material(NamedTuple):
    """The data that all tasks of an audit read."""

    evidence: Evidence
    control: Evidence  # of the positive control
    threshold: Rule
    seed: int
    knowable: Knowable | None = None  # membership of which attackers may know a share
    knowable_control: Knowable | None = None


class Answer(NamedTuple):
    """The result of one part of an attack."""

    scores: Floats | None = None
    cut: Cut | None = None
    learned: dict[str, Any] = {}  # noqa: RUF012  # never written to


class Outcome(NamedTuple):
    """The answer or the error of a task, with its warnings."""

    answer: Answer | None  # None where there is an error
    error: Exception | None
    warned: tuple[tuple[str, type[Warning]], ...]


@dataclass(frozen=True)
class Task:
    """One part of one attack: the scores of the audited records, its cut, both, or the scores of the control."""

    name: str
    attack: Attack
    part: TaskPart

    @property
    def stage(self) -> Stage:
        """The stage to which it belongs."""
        return "controls" if self.part == "control" else "attacks"

    def run(self, material: Material) -> Outcome:
        """Run the part; errors and warnings are part of the outcome."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            try:
                answer, error = self._answer(material), None
            except Exception as raised:  # shown to the user under the attack's name by `answer_of`
                answer, error = None, raised
        return Outcome(answer, error, tuple((str(each.message), each.category) for each in caught))

    def _answer(self, material: Material) -> Answer:
        name, attack, evidence, seed = self.name, self.attack, material.evidence, material.seed
        if self.part == "control":
            return Answer(scores=score(name, attack, material.control, seed, material.knowable_control))
        if self.part == "judge":
            return Answer(*judge(name, attack, evidence, material.threshold, seed, material.knowable))
        attack = settled(attack, evidence)
        attacker = attacker_of(attack, evidence, material.knowable, seed)
        if self.part == "cut":
            return Answer(cut=choose_cut(name, attack, attacker, material.threshold, seed))
        scores = score(name, attack, evidence, seed, material.knowable)
        return Answer(scores=scores, learned=learned(name, attack, attacker, seed))

    def seconds(self, material: Material) -> float:
        """A rough forecast of how long it takes, from the numbers of records and models."""
        evidence = material.control if self.part == "control" else material.evidence
        cuts = self.part in ("judge", "cut")
        panels = evidence.shadows if self.attack.learns or cuts else (evidence.audit,)
        read = sum(len(panel) * (1 + panel.n_references) for panel in panels)
        learnt = sum(len(panel) for panel in panels) if self.attack.learns else 0
        times = (self.part != "cut") + (max(folds_of(panel).judged for panel in panels) if cuts and learnt else 0)
        return read / READ + learnt * times / LEARNT


def tasks_of(stage: Stage, name: str, attack: Attack) -> tuple[Task, ...]:
    """The tasks of an attack in a stage: its scores and its cut are apart where it learns anew for the cut."""
    if stage == "controls":
        return (Task(name, attack, "control"),)
    if attack.learns and not isinstance(attack, CrossFits):
        return Task(name, attack, "score"), Task(name, attack, "cut")
    return (Task(name, attack, "judge"),)


def answer_of(task: Task, outcome: Outcome) -> Answer:
    """The answer of a task; its warnings are given under the attack's name.

    Raises:
        UserError: the attack raised one.
        Exception: the attack raised another error, which gets a note that names the attack.
    """
    for text, category in outcome.warned:
        warnings.warn(f"attack {task.name}: {text}", category, stacklevel=2)
    if outcome.answer is not None:
        return outcome.answer
    error = outcome.error
    if isinstance(error, UserError) and task.name not in str(error):
        raise UserError(f"attack {task.name}: {error}") from error
    if error is None:
        raise ValueError("an outcome holds an answer or an error")
    error.add_note(f"raised by attack {task.name}")
    raise error


def portable(outcome: Outcome) -> Outcome:
    """The outcome in a form that can be sent: an error carries its traceback as text."""
    if outcome.error is not None:
        outcome.error.add_note("".join(traceback.format_exception(outcome.error)))
    return outcome
