"""The plan of an audit: data, roles, attacks and models, before anything is trained."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.attacks.base import Attack, Means, Needs, lacking_outputs
from miaudit.auditing.collect import auxiliary_query
from miaudit.auditing.groups import NO_GROUPS, GroupBy
from miaudit.auditing.known import too_few_to_know
from miaudit.auditing.left_out import unjudged
from miaudit.auditing.origin import BY_CONFIGURATION, Origin
from miaudit.datasets.base import Dataset
from miaudit.defences.base import Guarantee, MasksOutputs
from miaudit.errors import UserError
from miaudit.evidence import Outputs
from miaudit.model_outputs import OutputKind
from miaudit.running.work import Work
from miaudit.seeds import child_seed
from miaudit.splits.base import Split, no_rows
from miaudit.targets.base import Target
from miaudit.thresholds.base import Threshold
from miaudit.thresholds.per_class import PerClass
from miaudit.training.base import AnyRecipe
from miaudit.training.job import Job, Method
from miaudit.views.base import Views


@dataclass(frozen=True, eq=False)
class Questions:
    """The attacks to run, and their parameters."""

    attacks: dict[str, Attack]
    threshold: Threshold | PerClass
    seed: int
    known_fraction: float = 0.1  # share of the other records whose membership some attacks may know
    # Attack -> why `auto` chose it; empty where it did not choose.
    because: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)  # attack -> why it does not apply
    skipped_means: dict[str, Means] = field(default_factory=dict)  # attack -> what its attacker must have
    config: dict[str, Any] = field(default_factory=dict)  # repeats the audit
    groups: GroupBy = NO_GROUPS


@dataclass(frozen=True)
class OutputMasks:
    """The masks through which models show their outputs."""

    target: MasksOutputs | None = None
    auxiliary: MasksOutputs | None = None  # the attacker's own models, if they know of the defence


class Teaching(NamedTuple):
    """How students of the target and of the shadows are trained, once these have answered."""

    students: int  # K of each of these models
    method: Method
    seed: int
    validation: Ints | None = None  # rows for early stopping


class Asked(NamedTuple):
    """The target's outputs on the records that it was asked about."""

    rows: Ints  # the data set's row of each record, sorted
    outputs: Outputs  # one model
    views: tuple[Outputs, ...] = ()  # on further views of the records


@dataclass(frozen=True, eq=False)
class Plan:
    """The plan of an audit: everything that its numbers depend on."""

    data: Dataset
    split: Split
    target: Target | None  # a model at hand; None: one is trained
    target_work: Work | None  # how the target is trained; None: it is at hand
    auxiliary: tuple[Work, ...]  # the split's models, in its order; none where the audit trains none
    recipe: AnyRecipe | None  # of the target; None where it is unknown
    questions: Questions
    known: Ints = field(default_factory=no_rows)  # rows whose membership attacks know; if empty, they know a share
    device: str = "cpu"  # on which the models are trained
    spared: int = 0  # models of the split that no attack reads
    shown: OutputMasks = OutputMasks()
    guarantee: Guarantee | None = None  # what is proven of the target
    defence: str = ""  # the title of the target's defence
    origin: Origin = BY_CONFIGURATION  # of the recipe of the auxiliary models
    said: Asked | None = None  # what the target says, where it was asked already
    read_as: tuple[str, ...] = ()  # sentences on what was taken for granted of the records
    views: Views | None = None  # the further views of its records that every model is asked about
    teaching: Teaching | None = None  # the students of the target and of the shadows; None for none

    @property
    def works(self) -> tuple[Work, ...]:
        """The models to train or to find in the store, the target first if it is not at hand; no students."""
        return self.auxiliary if self.target_work is None else (self.target_work, *self.auxiliary)


def available(
    split: Split,
    known: bool,
    to_learn: bool = True,
    labels_only: bool = False,
    views: bool = False,
    students: bool = False,
) -> Needs:
    """Say what the evidence of a split will hold, as `Needs` that can be compared with those of attacks.

    Args:
        split: the roles of records and models.
        known: whether attacks know the membership of some records.
        to_learn: whether the attack learns from shadows, whose records then need references as well.
        labels_only: whether the target gives nothing but labels.
        views: whether models are asked about further views of the records.
        students: whether the target and the shadows have students.

    Returns:
        The fewest references that any record has, without counting records that are left out of the audit.
    """
    audited = split.audited
    sides = [_references(split, audited, np.isin(audited, split.members), split.references)]
    shadows = split.shadows if to_learn else ()
    for shadow in shadows:
        rows = np.concatenate([shadow.inside, shadow.outside])
        sides.append(_references(split, rows, np.isin(rows, shadow.inside), shadow.references))
    return Needs(
        shadows=len(split.shadows),
        out_references=min(outside for outside, _ in sides),
        in_references=min(inside for _, inside in sides),
        known=known,
        population=len(split.population) > 0,
        confidence=not labels_only,
        views=views,
        students=students,
    )


def _references(split: Split, rows: Ints, member: Bools, references: Ints) -> tuple[int, int]:
    """The fewest references trained without a row, and the fewest trained with it, over the rows that can be judged."""
    if not len(references):
        return 0, 0
    trained = np.stack([np.isin(rows, split.training[model]) for model in references])
    inside = trained[:, ~unjudged(trained, member)].sum(axis=0)
    return int(len(references) - inside.max(initial=0)), int(inside.min(initial=len(references)))


def missing(needs: Needs, has: Needs, kind: OutputKind = "logits") -> str | None:
    """The first need of an attack that the evidence will not meet, in words; None if it meets all."""
    if (lacking := lacking_outputs(needs, kind)) is not None:
        return lacking
    if needs.confidence and not has.confidence:
        return "needs to know how sure the target is, which gives labels only"
    if needs.shadows > has.shadows:
        return f"needs {needs.shadows} shadow model(s), there are {has.shadows}"
    if needs.out_references > has.out_references:
        return f"needs {needs.out_references} reference model(s) without each record, there are {has.out_references}"
    if needs.in_references > has.in_references:
        return f"needs {needs.in_references} reference model(s) with each record, there are {has.in_references}"
    if needs.known and not has.known:
        return "needs records of the target whose membership is known"
    if needs.population and not has.population:
        return "needs population records that no model saw"
    if needs.views and not has.views:
        return "needs further views of each record (`views`)"
    if needs.students and not has.students:
        return "needs students of the target (`students`)"
    return None


def unmet(
    attacks: dict[str, Attack],
    split: Split,
    known_fraction: float,
    kind: OutputKind = "logits",
    labels_only: bool = False,
    views: bool = False,
    students: bool = False,
) -> dict[str, str]:
    """The attacks that do not apply to a split, and why (attack -> reason).

    Args:
        attacks: the attacks by their titles.
        split: the roles of records and models.
        known_fraction: share of the audited records that attacks may know.
        kind: what the models give.
        labels_only: whether the target gives nothing but labels.
        views: whether models are asked about further views of the records.
        students: whether the target and the shadows have students.
    """
    has = {learns: available(split, True, learns, labels_only, views, students) for learns in (False, True)}
    too_few = too_few_to_know(len(split.members), len(split.nonmembers), known_fraction)
    reasons = {
        name: missing(attack.needs, has[attack.needs.shadows > 0], kind) or (too_few if attack.needs.known else None)
        for name, attack in attacks.items()
    }
    return {name: why for name, why in reasons.items() if why is not None}


def applicable(attacks: dict[str, Attack], skipped: dict[str, str], named: bool) -> dict[str, Attack]:
    """Select the attacks that apply.

    Args:
        attacks: the attacks by their titles.
        skipped: those that do not apply, and why (attack -> reason).
        named: whether the user named the attacks.

    Raises:
        UserError: the user named an attack that does not apply.
    """
    if skipped and named:
        raise UserError("; ".join(f"attack {name} {why}" for name, why in skipped.items()))
    return {name: attack for name, attack in attacks.items() if name not in skipped}


def asked_rows(split: Split) -> Ints:
    """The rows that a target at hand is asked about, in the order in which predictions come."""
    return np.concatenate([split.audited, split.population])


def target_work(
    data: Dataset, split: Split, recipe: AnyRecipe, seed: int, device: str = "cpu", views: Views | None = None
) -> Work:
    """The work of training the target on the split's members, and of asking it about all records of the audit.

    Args:
        data: the records.
        split: the roles of records and models.
        recipe: how the target is trained.
        seed: the audit's seed.
        device: where networks are trained.
        views: the further views of the records that it is asked about as well.

    Raises:
        UserError: the recipe needs records that the split does not leave.
    """
    query = np.unique(np.concatenate([split.audited, split.population, split.test]))
    method = Method.of(recipe, data, device)
    return Work(_job(method, split, split.members, child_seed(seed, "target")), query, views)


def auxiliary_works(
    data: Dataset,
    split: Split,
    recipe: AnyRecipe,
    reference_recipe: AnyRecipe,
    seed: int,
    device: str = "cpu",
    views: Views | None = None,
) -> tuple[Work, ...]:
    """The work of training the split's models, and of asking them about the records that attacks read.

    Args:
        data: the records.
        split: the roles of records and models.
        recipe: how models that stand as shadows are trained.
        reference_recipe: how the other models are trained.
        seed: the audit's seed.
        device: where networks are trained.
        views: the further views of the records that they are asked about as well.

    Raises:
        UserError: a recipe needs records that the split does not leave.
    """
    query = auxiliary_query(split)
    shadows = {shadow.model for shadow in split.shadows}
    own, other = (Method.of(each, data, device) for each in (recipe, reference_recipe))

    def job(m: int, rows: Ints) -> Job:
        return _job(own if m in shadows else other, split, rows, child_seed(seed, "auxiliary", m))

    return tuple(Work(job(m, rows), query, views) for m, rows in enumerate(split.training))


def _job(method: Method, split: Split, rows: Ints, seed: int) -> Job:
    recipe = method.recipe
    check_validation(recipe, split.test)
    validation = split.test if recipe.needs_validation else no_rows()
    unlabelled = split.unlabelled if recipe.needs_unlabelled else no_rows()
    return method.job(rows, seed, validation, unlabelled)


def check_validation(recipe: AnyRecipe, rows: Ints) -> None:
    """Raise UserError where training chooses something on a validation part, and there are no rows for it."""
    if recipe.needs_validation and not len(rows):
        raise UserError(
            "early_stopping, or a function that takes x_val and y_val, needs records that no model is trained on: "
            "leave some to the split's test part, or give `validation` to audit()"
        )
