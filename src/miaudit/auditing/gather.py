"""Gathers the evidence: the outputs of target and trained models, kept apart from what attacks may not see."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Ids, Ints
from miaudit.attacks.base import Attack
from miaudit.auditing.blind_features import Described, describe_labels, describe_records, describe_truth
from miaudit.auditing.collect import Collector, auxiliary_query, stored_outputs
from miaudit.auditing.groups import LABEL
from miaudit.auditing.left_out import judgeable
from miaudit.auditing.masked import masked
from miaudit.auditing.pictures import Images, images_of
from miaudit.auditing.plan import Asked, Plan, asked_rows
from miaudit.auditing.references import reference_facts
from miaudit.auditing.result import LeftOutRecords, ReferenceFacts
from miaudit.auditing.viewed import check_queries, seen_data
from miaudit.defences.base import Guarantee
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Outputs, Panel
from miaudit.evidence.io.file import open_evidence
from miaudit.evidence.io.opened import Opened
from miaudit.evidence.io.source import Pinned
from miaudit.evidence.io.understood import Understood
from miaudit.fingerprint import fingerprint
from miaudit.messages import printable
from miaudit.metrics.intervals import proportion
from miaudit.metrics.quantity import Quantity
from miaudit.model_outputs import SCALARS
from miaudit.plain import describe
from miaudit.reading.hints import NO_HINTS, Hints
from miaudit.records.duplicates import Duplicates, duplicates
from miaudit.store.base import Store
from miaudit.targets.base import query_rows
from miaudit.training.device import name_of


@dataclass(frozen=True, eq=False)
class Gathered:
    """Evidence, and beside it what attacks may not see."""

    evidence: Evidence
    truth: Bools  # (n,)
    ids: Ids  # (n,) the user's names of the records; the evidence itself has row numbers, which reveal nothing
    positions: Ints  # (n,) rows of the records in the data that was given
    key: str  # names the evidence's content
    data: str  # fingerprint of the records
    recipe: Any  # plain values
    records: Described | None  # what an attacker sees who never asks the model; possibly the labels alone
    class_names: tuple[str, ...]  # empty where classes are numbered from 0
    names: Ints | None  # (N,) the user's ids of all rows of the data; None where the evidence has them already
    train_accuracy: Quantity
    test_accuracy: Quantity
    description: str
    guarantee: Guarantee | None = None
    duplicates: Duplicates | None = None  # of the audited records; None if these are not available
    left_out: LeftOutRecords | None = None
    references: ReferenceFacts | None = None  # None where no models were trained here
    read_as: tuple[str, ...] = ()  # sentences on how a file or labels were understood, where that is not obvious
    understood: Understood | None = None  # the roles of the columns of a table
    further: dict[str, npt.NDArray[Any]] = field(default_factory=dict)  # its other columns, each (n,)
    pinned: Pinned | None = None  # a file from which outputs are still read
    device: str = "cpu"  # on which models were trained; a module at hand is asked where it lies
    images: Images | None = None  # the audited records, where they are images and at hand
    shadows_drawn: bool = False  # were the members of the shadows drawn at random from members and non-members alike?


def gather(plan: Plan, target: Asked, store: Store) -> Gathered:
    """Arrange the outputs of the target and of the trained models as evidence.

    Args:
        plan: the roles of records and models.
        target: the target's outputs.
        store: where the outputs of the trained models are kept.
    """
    target_rows, outputs, _ = target
    everything, member, audited = _arranged(plan, target, store)
    evidence, kept = judgeable(everything, member, plan.questions.attacks.values())
    truth, rows = member[kept], audited[kept]
    right = {name: np.isin(target_rows, part) for name, part in _accuracy_rows(plan).items()}
    return Gathered(
        evidence=evidence,
        truth=truth,
        ids=plan.data.record_ids[rows],
        positions=plan.data.record_positions[rows],
        key=_key(plan, outputs, kept),
        train_accuracy=_accuracy(outputs, right["train"]),
        test_accuracy=_accuracy(outputs, right["test"]),
        data=plan.data.fingerprint,
        recipe=None if plan.recipe is None else describe(plan.recipe),
        records=describe_records(plan.data, rows),
        class_names=plan.data.class_names,
        names=plan.data.ids,
        description=describe_target(plan),
        guarantee=plan.guarantee,
        further=_further(plan, rows),
        duplicates=duplicates(plan.data, rows[truth], rows[~truth]) if plan.data.tells_records_apart else None,
        left_out=_left_out(everything, member, kept),
        references=reference_facts(plan),
        read_as=plan.read_as,
        device=name_of(plan.device),
        images=images_of(plan.data.x, rows),
        shadows_drawn=True,
    )


def evidence_of(plan: Plan, target: Asked, store: Store) -> Evidence:
    """The evidence alone, on the records that can be judged; see `gather`."""
    everything, member, _ = _arranged(plan, target, store)
    return judgeable(everything, member, plan.questions.attacks.values()).evidence


def _arranged(plan: Plan, target: Asked, store: Store) -> tuple[Evidence, Bools, Ints]:
    """The evidence on all records, the truth (n,) of its audited records, and their rows (n,)."""
    rows = auxiliary_query(plan.split)
    auxiliary = [_auxiliary(plan, rows, store, view) for view in range(1 + len(target.views))]
    further = tuple(table for table in auxiliary[1:] if table is not None)
    collector = Collector(plan.data, plan.split, target.outputs, target.rows, auxiliary[0], rows, target.views, further)
    return collector.evidence(plan.known)


def _further(plan: Plan, rows: Ints) -> dict[str, npt.NDArray[Any]]:
    """Columns (n,) to group by and, where the model is no classifier, the truth if it is one value per record."""
    data = plan.data
    truth = {} if data.truth is None or data.truth.ndim > 1 else {LABEL: data.truth[rows]}
    columns = {name: data.column(name) for name in plan.questions.groups.columns}
    return {name: values[rows] for name, values in columns.items() if values is not None} | truth


def _auxiliary(plan: Plan, rows: Ints, store: Store, view: int) -> Outputs | None:
    """Outputs of the trained models on a view of these rows, as the defence shows them; None if there are none."""
    if not plan.auxiliary:
        return None
    return masked(stored_outputs(plan.auxiliary, plan.data.y[rows], store, view), plan.shown.auxiliary)


def _key(plan: Plan, outputs: Outputs, kept: Bools) -> str:
    """The name of the evidence. The split is part of it: with other members or shadows, it is other evidence."""
    models = [work.key for work in plan.auxiliary]
    views = [] if plan.views is None else [plan.views]  # without any, the name is what it was before there were views
    return fingerprint(
        outputs.kind, outputs.values[0], models, plan.shown, plan.split, plan.known, kept, plan.data.fingerprint, *views
    )


def ask(plan: Plan, store: Store) -> Asked:
    """Get the target's outputs: a model at hand is queried now; outputs of a model trained here are read later.

    Raises:
        UserError: the outputs of a model at hand do not fit the labels.
    """
    if plan.said is not None:
        return plan.said
    if plan.target is None:
        return _stored(plan, store)
    rows = asked_rows(plan.split)
    numbers = range(0) if plan.views is None else plan.views.numbers
    check_queries(plan)
    answer = query_rows(plan.target, plan.data, rows)
    highest = int(plan.data.y[rows].max())
    if answer.values.shape[1] <= highest:
        raise UserError(
            f"expected outputs ({len(rows):,}, C) with C > {highest}, the highest label; the target gave "
            f"{answer.values.shape}"
        )
    answers = [answer, *(query_rows(plan.target, seen_data(plan, number), rows) for number in numbers)]
    order = np.argsort(rows)
    first, *views = (
        masked(Outputs(plan.data.y[rows[order]], (each.values[order],), each.kind), plan.shown.target)
        for each in answers
    )
    return Asked(rows[order], first, tuple(views))


def _stored(plan: Plan, store: Store) -> Asked:
    """The outputs of a target that was trained here, which are read from the store when they are needed."""
    work = plan.target_work
    if work is None:
        raise ValueError("a target is at hand or to be trained")
    first, *views = (
        masked(stored_outputs((work,), plan.data.y[work.query], store, view), plan.shown.target)
        for view in range(len(work.keys))
    )
    return Asked(work.query, first, tuple(views))


def _accuracy(outputs: Outputs, chosen: Bools) -> Quantity:
    """The share of the chosen records (n,) that is classified correctly; none where the model is no classifier.

    A record for which k classes tie for the largest output counts 1/k.
    """
    if outputs.kind in SCALARS:
        return Quantity.unresolved(int(chosen.sum()), "the model gives one number per record, not classes")
    correct = outputs.signal("correct", [0], np.flatnonzero(chosen))[0]
    return proportion(round(float(correct.sum())), len(correct))


def _accuracy_rows(plan: Plan) -> dict[str, Ints]:
    split = plan.split
    # Test rows that chose the epoch to keep would make the accuracy look too good.
    work = plan.target_work
    queried_test = work is not None and len(split.test) and not len(work.job.validation)
    return {"train": split.members, "test": split.test if queried_test else split.nonmembers}


def describe_target(plan: Plan) -> str:
    """The model under audit and its defence, in words."""
    defence = f" with {plan.defence}" if plan.defence else ""
    if plan.target is not None:
        return f"{plan.target.description}{defence}"
    return f"{plan.works[0].job.recipe.title} trained on {plan.data.name}{defence}"


def gather_file(
    path: Path, attacks: Collection[Attack] = (), hints: Hints = NO_HINTS, nonmembers: Path | None = None
) -> Gathered:
    """Evidence from a file, without the records that the attacks cannot judge.

    Args:
        path: the file; that of the predictions on members, where there is a second file.
        attacks: the attacks that will be run.
        hints: what the user says about a table's columns.
        nonmembers: a second file, of predictions on non-members.

    Raises:
        UserError: its format is wrong, or the truth is missing.

    Example:
        >>> gather_file(Path("train.csv"), nonmembers=Path("test.csv")).truth.sum()  # doctest: +SKIP
        200
    """
    read_as: list[str] = []
    opened = open_evidence(path, read_as.append, hints, nonmembers)
    loaded = opened.loaded
    if loaded.truth is None:
        raise UserError(
            f"{path} does not say which audited records are members: an audit needs that to measure the attacks; "
            "name its column by --member, give two files by --members and --nonmembers, add it (`audit.member`, or the "
            "column `member`), or use `miaudit score` for scores alone"
        )
    audit, truth = loaded.evidence.audit, loaded.truth
    if truth.all() or not truth.any():
        kind = "members" if truth.all() else "non-members"
        raise UserError(f"{path}: expected members and non-members among the audited records, got {kind} only")
    evidence, kept = judgeable(loaded.evidence, truth, attacks)
    files = [file for file in (path, nonmembers) if file is not None]
    outputs = audit.target_view.outputs
    return Gathered(
        evidence=evidence,
        truth=truth[kept],
        ids=loaded.ids[kept],
        positions=np.flatnonzero(kept),
        key=fingerprint(opened.digest, kept),
        train_accuracy=_accuracy(outputs, truth),
        test_accuracy=_accuracy(outputs, ~truth),
        data=opened.digest,
        recipe=None,
        records=_told_of_records(evidence.audit, opened, kept),
        class_names=opened.class_names,
        names=None,
        description=" and ".join(f"predictions in {printable(file.name)}" for file in files),
        left_out=_left_out(loaded.evidence, truth, kept),
        read_as=tuple(read_as),
        understood=opened.understood,
        further={name: values[kept] for name, values in opened.further.items()},
        pinned=opened.pinned,
    )


def _told_of_records(audit: Panel, opened: Opened, kept: Bools) -> Described | None:
    """The records as far as a file describes them, which is by their labels; None where it has none."""
    if audit.kind not in SCALARS:
        return describe_labels(audit.labels, opened.class_names)
    label = None if opened.understood is None else opened.understood.label
    return None if label is None else describe_truth(opened.further[label][kept])


def _left_out(evidence: Evidence, member: Bools, kept: Bools) -> LeftOutRecords | None:
    if kept.all():
        return None
    return LeftOutRecords(
        members=int((member & ~kept).sum()),
        nonmembers=int((~member & ~kept).sum()),
        references=evidence.audit.n_references,
    )
