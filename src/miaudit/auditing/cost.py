"""Forecasts what a plan will cost: how many models, and how long their training takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from miaudit.auditing.begun import Begun
from miaudit.auditing.gather import ask, evidence_of
from miaudit.auditing.needed import Reads, reads
from miaudit.auditing.plan import Plan, Teaching
from miaudit.auditing.students import STUDENTS, cohorts_of, example, teachers_in
from miaudit.auditing.teaching import reads_students
from miaudit.auditing.timing import seconds_per_model
from miaudit.auditing.viewed import queries_of, views_in_words
from miaudit.fingerprint import fingerprint
from miaudit.presenter import duration
from miaudit.running.work import Work
from miaudit.store.base import Store
from miaudit.training.device import processes_on
from miaudit.training.precision import has_bf16

START_UP = 4.0  # seconds until the spawned processes have loaded their libraries


class Readers(NamedTuple):
    """The attacks that read a model."""

    scores: tuple[str, ...] = ()  # attacks whose scores read it
    cuts: tuple[str, ...] = ()  # attacks that read it only to choose their cut


@dataclass(frozen=True)
class Share:
    """Models that have the same role and are read by the same attacks."""

    role: str
    models: int
    cached: int
    records: int  # training records of the largest of these models
    seconds_each: float | None  # still to train, on one thread; None where unknown, or where all are in the store
    readers: Readers

    @property
    def to_train(self) -> int:
        """Number of these models that are not in the store."""
        return self.models - self.cached


@dataclass(frozen=True)
class Forecast:
    """The models of a plan and the time that their training takes."""

    shares: tuple[Share, ...]
    processes: int
    spared: int = 0  # models of the split that no attack reads
    bf16_slowdown: float | None = None  # time of training in bfloat16 as a multiple of that in fp32
    queries: str = ""  # cost of asking a model at hand, apart from time; empty where there is none
    views: str = ""  # the further views that models are asked about, in words; empty where there are none
    resumed: str = ""  # the trainings that go on where they were interrupted, in words; empty where there are none
    because: dict[str, str] = field(default_factory=dict)  # attack -> why `auto` chose it

    @property
    def models(self) -> int:
        """Number of all models, with the target if it is trained here."""
        return sum(share.models for share in self.shares)

    @property
    def cached(self) -> int:
        """Number of models that are in the store."""
        return sum(share.cached for share in self.shares)

    @property
    def to_train(self) -> int:
        """Number of models that are not in the store."""
        return self.models - self.cached

    @property
    def start_up(self) -> float:
        """Seconds until the processes train: students have processes of their own, after all others."""
        return START_UP * len({share.role == STUDENTS for share in self.shares if share.to_train})

    @property
    def seconds(self) -> float | None:
        """Seconds of wall time for the training; None if the time of a model is unknown before the start."""
        total = 0.0
        for share in self.shares:
            if share.to_train and share.seconds_each is None:
                return None
            total += share.to_train * (share.seconds_each or 0.0)
        return self.start_up + total / self.processes

    @property
    def text(self) -> str:
        """The numbers of models and the training time, in words."""
        if self.models == 0:
            return "nothing to train"
        models = f"{self.models} model{'' if self.models == 1 else 's'}"
        if self.to_train == 0:
            return f"{models}, all in the store: nothing to train"
        time_text = "" if self.seconds is None else f", about {duration(self.seconds)}"
        return f"{models}, {self.cached} in the store, {self.to_train} to train{time_text}"


def forecast(
    plan: Plan, store: Store | None, workers: int | None = None, by_then: Collection[str] = frozenset()
) -> Forecast:
    """Count the models that are not in the store, time a part of one training per recipe, and extrapolate.

    Args:
        plan: the audit.
        store: where models are kept; None to count all models as missing.
        workers: number of models that are trained at the same time; None where the machine decides.
        by_then: keys of jobs that other audits will have done before.

    Raises:
        UserError: a network cannot be trained.
    """
    missing = [(store is None or not work.is_trained(store)) and work.job.key not in by_then for work in plan.works]
    recipes = [work.job.recipe for work in plan.works]
    able = processes_on(plan.device, recipes, plan.data.x.shape[1:], plan.data.classes, workers)
    students = _students_to_train(plan, store)
    processes = max(min(able, max(sum(missing), students)), 1)
    to_train = [work for work, is_missing in zip(plan.works, missing, strict=True) if is_missing]
    begun = Begun.of(to_train, store)
    timing = _Timing(plan, -(-sum(missing) // processes), begun)
    shares = []
    for (role, readers), places in _roles(plan).items():
        each = timing.mean([plan.works[place] for place in places if missing[place]])
        longest, cached = max(len(plan.works[place].job.rows) for place in places), sum(not missing[p] for p in places)
        shares.append(Share(role, len(places), cached, longest, each, readers))
    if plan.teaching is not None:
        shares.append(_of_students(plan, plan.teaching, students, processes))
    return Forecast(
        tuple(shares),
        processes,
        plan.spared,
        timing.bf16_slowdown(to_train),
        queries_of(plan),
        views_in_words(plan),
        begun.text,
        plan.questions.because,
    )


def _of_students(plan: Plan, teaching: Teaching, to_train: int, processes: int) -> Share:
    """All students, which are trained after the other models."""
    work, count = example(teaching, plan), teaching.students * teachers_in(plan)
    readers = tuple(name for name, attack in plan.questions.attacks.items() if reads_students(attack))
    each = _Timing(plan, -(-to_train // processes), Begun({})).mean([work] if to_train else [])
    return Share(STUDENTS, count, count - to_train, len(work.job.rows), each, Readers(scores=readers))


def _students_to_train(plan: Plan, store: Store | None) -> int:
    """Number of students that are not in the store; all, until their teachers have answered, which gives them names."""
    if plan.teaching is None:
        return 0
    count = plan.teaching.students * teachers_in(plan)
    asked = plan.target is None or plan.said is not None or plan.target.free_to_ask
    if store is None or not asked or not all(work.is_done(store) for work in plan.works):
        return count
    cohorts = cohorts_of(plan.teaching, evidence_of(plan, ask(plan, store), store))
    return count - sum(work.is_trained(store) for each in cohorts for work in each.works)


class _Timing:
    """Times the first model of each recipe; the time of the others follows from their numbers of records."""

    def __init__(self, plan: Plan, together: int, begun: Begun) -> None:
        self.plan, self.together, self.begun = plan, together, begun
        # By recipe: the seconds, and the number of records, of the model that was timed.
        self.known: dict[str, tuple[float | None, int]] = {}

    def mean(self, works: Sequence[Work]) -> float | None:
        """Mean seconds left per model; None if there are no models, or if the time of one of them is unknown."""
        each = [(self._seconds(work), self.begun.left(work)) for work in works]
        known = [seconds * left for seconds, left in each if seconds is not None]
        return sum(known) / len(known) if known and len(known) == len(each) else None

    def bf16_slowdown(self, works: Sequence[Work]) -> float | None:
        """How many times longer training takes in bfloat16 than in fp32; None if bfloat16 is not slower.

        This is timed only where the hardware does not compute in bfloat16, on the first model that would.
        """
        asked = next((work for work in works if work.job.recipe.in_bf16), None)
        if asked is None or has_bf16(self.plan.device):
            return None
        slow, fast = self._seconds(asked), self._seconds(_in_fp32(asked))
        return slow / fast if slow is not None and fast is not None and slow > fast else None

    def _seconds(self, work: Work) -> float | None:
        name = fingerprint(work.job.recipe)
        if name not in self.known:
            seconds = seconds_per_model(work, self.plan.data, self.together, self.plan.device)
            self.known[name] = seconds, len(work.job.rows)
        seconds, records = self.known[name]
        return None if seconds is None else seconds * len(work.job.rows) / records


def _in_fp32(work: Work) -> Work:
    return replace(work, job=replace(work.job, recipe=work.job.recipe.with_precision(bf16=False)))


def _roles(plan: Plan) -> dict[tuple[str, Readers], list[int]]:
    """Positions in `plan.works` of the models of each role and its readers, in the order of the works."""
    attacks = plan.questions.attacks
    found: dict[tuple[str, Readers], list[int]] = {}
    if plan.target_work is not None:
        found["target", Readers(scores=tuple(attacks))] = [0]
    of_attacks = {name: reads(attack, plan.split) for name, attack in attacks.items()}
    on_references = any(each.on_references for each in of_attacks.values())
    shadows = {shadow.model for shadow in plan.split.shadows}
    references = set(plan.split.references.tolist()) if on_references else set()
    first = len(plan.works) - len(plan.auxiliary)
    for m in range(len(plan.auxiliary)):
        role = " and ".join(name for name, of in (("shadows", shadows), ("references", references)) if m in of)
        found.setdefault((role or "others", _readers(of_attacks, m)), []).append(first + m)
    return found


def _readers(of_attacks: dict[str, Reads], model: int) -> Readers:
    return Readers(
        tuple(name for name, each in of_attacks.items() if model in each.score),
        tuple(name for name, each in of_attacks.items() if model in each.cut),
    )
