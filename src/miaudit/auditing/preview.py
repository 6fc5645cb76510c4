"""Examines an audit before anything is trained: how the input was understood, and which attacks run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Ints
from miaudit.attacks.base import Needs
from miaudit.auditing.automatic import NO_SHADOWS
from miaudit.auditing.cost import Forecast, forecast
from miaudit.auditing.file_audit import unmet_in
from miaudit.auditing.gather import Gathered, describe_target, gather_file
from miaudit.auditing.known import Knowable
from miaudit.auditing.plan import Plan, Questions, available
from miaudit.auditing.planning import gives_labels, plan_of, split_of
from miaudit.auditing.request import FileRequest, Request, Wanted
from miaudit.auditing.unlocking import FROM_FILE, Ways, held, unlock, ways_of
from miaudit.datasets.base import Dataset
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.presenter import number
from miaudit.store.base import Store
from miaudit.targets.base import Target, query_rows

OUTPUTS: dict[OutputKind, str] = {"probs": "probabilities", "logits": "logits"}
SINGULAR: dict[OutputKind, str] = {"probs": "probability", "logits": "logit"}


class Chance(NamedTuple):
    """Whether an attack runs, and otherwise what it lacks and what would let it run."""

    attack: str
    lacks: str = ""  # empty where it runs
    unlocked_by: str = ""
    because: str = ""  # why it was chosen; empty where the user chose, or all are run

    @property
    def runs(self) -> bool:
        """Does the attack run?"""
        return not self.lacks


class LabelCount(NamedTuple):
    """How many audited records of a class are members and non-members."""

    label: str
    members: int
    nonmembers: int


@dataclass(frozen=True)
class Preview:
    """The description of an audit before it begins."""

    model: str  # what is audited, in words
    answer: str  # what the model said about one record; empty where it was not asked
    outputs: str  # kind and number of the model's outputs
    features: str  # shape of a record, in words; empty where the records are not at hand
    labels: tuple[LabelCount, ...]
    population: int  # number of records
    read_as: tuple[str, ...]  # how a file or labels were understood
    recipe: str  # how reference models are trained; empty where there are none
    attacks: tuple[Chance, ...]
    cost: Forecast | None  # None for a file, which costs nothing

    @property
    def members(self) -> int:
        """Number of audited members."""
        return sum(count.members for count in self.labels)

    @property
    def nonmembers(self) -> int:
        """Number of audited non-members."""
        return sum(count.nonmembers for count in self.labels)


def preview(request: Request | FileRequest, store: Store, at_once: int | None = None) -> Preview:
    """Read everything, ask the model about one record, and find out which attacks run.

    Args:
        request: the audit.
        store: where models that exist already are looked for.
        at_once: number of models trained at the same time; None where the machine decides.

    Raises:
        UserError: the audit cannot be carried out.
    """
    if isinstance(request, FileRequest):
        return _of_file(request)
    plan = plan_of(request)
    split, asked = plan.split, plan.target
    unasked = ("", f"logits or probabilities of {plan.data.classes:,} classes")
    answer, outputs = unasked if asked is None else _asked(asked, plan.data)
    return Preview(
        model=describe_target(plan),
        answer=answer,
        outputs=outputs,
        features=_features(plan.data),
        labels=_labels_of(plan),
        population=len(split.population),
        read_as=plan.read_as,
        recipe=_recipe(plan),
        attacks=_chances(request, plan),
        cost=forecast(plan, store, at_once),
    )


def _asked(target: Target, data: Dataset) -> tuple[str, str]:
    """The model's answer about the first record, and the kind of its outputs, in words."""
    said = query_rows(target, data, np.array([0]))
    record, outputs = data.record_ids[0], _outputs(said.kind, said.values.shape[1])
    most = int(said.values[0].argmax())
    value = number(float(said.values[0, most]))
    if said.kind in SCALARS:
        return f"asked about record {record}, it has the {said.kind} {value}", outputs
    true, given = (_name(data.class_names, int(label)) for label in (data.y[0], most))
    words = f"asked about record {record} of class {true}, it says {given}, with the {SINGULAR[said.kind]} {value}"
    return words, outputs


def _features(data: Dataset) -> str:
    shape = data.x.shape[1:]
    if not data.tells_records_apart:
        return ""
    return f"{shape[0]:,} features" if len(shape) == 1 else f"arrays of shape {shape}"


def _recipe(plan: Plan) -> str:
    """How the reference models are trained, in words that do not repeat the title of the recipe."""
    if plan.recipe is None or not plan.auxiliary:
        return ""
    trained = f"trained {plan.origin.words}"
    repeats = plan.origin.words in plan.recipe.title
    return f"{plan.recipe.title}, {trained}" if plan.origin.given and not repeats else trained


def _chances(request: Request, plan: Plan) -> tuple[Chance, ...]:
    whole = split_of(request)  # before models that no attack reads were left out
    has = {
        to_learn: available(
            whole, True, to_learn, gives_labels(request), plan.views is not None, plan.teaching is not None
        )
        for to_learn in (False, True)
    }
    found = {name: has[each.needs.shadows > 0] for name, each in request.wanted.attacks.items()}
    return _chances_of(
        request.wanted, plan.questions, _unlocked_by(request.wanted, plan.questions, found, ways_of(request))
    )


def _unlocked_by(wanted: Wanted, questions: Questions, has: Mapping[str, Needs], ways: Ways) -> dict[str, str]:
    """What would let each attack run, from what the evidence has for it."""
    found = {name: unlock(attack.needs, has[name], ways) for name, attack in wanted.attacks.items()}
    return found | {name: ways.models for name, why in questions.skipped.items() if why == NO_SHADOWS}


def _of_file(request: FileRequest) -> Preview:
    wanted = request.wanted
    gathered = gather_file(request.path, wanted.attacks.values(), request.hints, request.nonmembers)
    skipped = unmet_in(wanted.attacks, gathered.evidence, Knowable(gathered.truth, wanted.known_fraction))
    questions = wanted.questions(skipped, len(gathered.evidence.shadows))
    audit, population = gathered.evidence.audit, gathered.evidence.population
    has = dict.fromkeys(wanted.attacks, held(gathered.evidence))
    return Preview(
        model=gathered.description,
        answer="",
        outputs=_outputs(audit.kind, audit.n_classes),
        features="",
        labels=_labels(gathered),
        population=0 if population is None else len(population),
        read_as=gathered.read_as,
        recipe="",
        attacks=_chances_of(wanted, questions, _unlocked_by(wanted, questions, has, FROM_FILE)),
        cost=None,
    )


def _labels_of(plan: Plan) -> tuple[LabelCount, ...]:
    data, split = plan.data, plan.split
    if plan.target is not None and plan.target.number_kind is not None:
        return (LabelCount("none", len(split.members), len(split.nonmembers)),)
    return _counts(data.class_names, data.y[split.members], data.y[split.nonmembers])


def _labels(gathered: Gathered) -> tuple[LabelCount, ...]:
    audit, truth = gathered.evidence.audit, gathered.truth
    if audit.kind in SCALARS:
        return (LabelCount("none", int(truth.sum()), int((~truth).sum())),)
    return _counts(gathered.class_names, audit.labels[truth], audit.labels[~truth])


def _outputs(kind: OutputKind, classes: int) -> str:
    return f"one {kind} per record" if kind in SCALARS else f"{OUTPUTS[kind]} of {classes:,} classes"


def _chances_of(wanted: Wanted, questions: Questions, ways: Mapping[str, str]) -> tuple[Chance, ...]:
    """The attacks that run or are skipped, without those of which `auto` chose a stronger one."""
    skipped = questions.skipped
    return tuple(
        Chance(name, skipped[name], ways[name])
        if name in skipped
        else Chance(name, because=questions.because.get(name, ""))
        for name in wanted.attacks
        if name in questions.attacks or name in skipped
    )


def _counts(names: tuple[str, ...], members: Ints, nonmembers: Ints) -> tuple[LabelCount, ...]:
    labels = np.union1d(members, nonmembers)
    return tuple(
        LabelCount(_name(names, int(label)), int((members == label).sum()), int((nonmembers == label).sum()))
        for label in labels
    )


def _name(names: tuple[str, ...], label: int) -> str:
    return names[label] if label < len(names) else str(label)
