"""Does work: trains a job's model if it is not stored, and stores its outputs on some records."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.messages import printable
from miaudit.model_outputs import ModelOutputs, checked
from miaudit.running.description import describe_job, describe_model, describe_outputs
from miaudit.store.base import Store
from miaudit.store.snapshots import JobSnapshots
from miaudit.training.base import TrainedModel
from miaudit.training.data import Batch, Records, Tick, untold
from miaudit.training.job import Job
from miaudit.views.base import Views, blocks

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Work:
    """A job, the rows that its model is asked about, and the further views of them that it is asked about as well."""

    job: Job
    query: Ints
    views: Views | None = None

    @cached_property
    def key(self) -> str:
        """Name of the stored outputs on the records as they are, whatever views there are."""
        return fingerprint("outputs", self.job.key, self.query)

    def view_key(self, number: int) -> str:
        """Name of the stored outputs on a further view of the records, numbered from 1."""
        if self.views is None:
            raise ValueError("this work asks about no further views")
        return fingerprint("view", self.key, self.views.key(number))

    @property
    def view_numbers(self) -> range:
        """Numbers of the further views."""
        return range(0) if self.views is None else self.views.numbers

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Names of all stored outputs, those on the records as they are first."""
        return (self.key, *map(self.view_key, self.view_numbers))

    @property
    def deed(self) -> str:
        """What a process that works on it does, for messages."""
        return f"trains a model ({len(self.job.rows):,} records, seed {self.job.seed}, key {self.job.key})"

    def is_done(self, store: Store) -> bool:
        """Are all outputs stored?"""
        return all(map(store.has, self.keys))

    def is_intact(self, store: Store, classes: int | None = None) -> bool:
        """Are all outputs stored, and valid? A damaged file is removed."""
        store.mark_used(self.job.key)  # the model is needed as long as its outputs are
        return not _missing(self, store, classes)

    def is_trained(self, store: Store) -> bool:
        """Is the model stored, or at least its outputs? Some models, such as estimators, are never stored."""
        return store.has(self.job.key) or self.is_done(store)


def do(work: Work, records: Records, store: Store, device: str = "cpu") -> bool:
    """Make sure that a work's outputs are stored.

    Args:
        work: the job, and the rows that its model is asked about.
        records: the records.
        store: where model and outputs are kept.
        device: the device to train on.

    Returns:
        Whether the model had to be trained.
    """
    ((_, trained),) = do_all([work], records, store, device)
    return trained


def do_all(
    works: Sequence[Work], records: Records, store: Store, device: str = "cpu", tick: Tick = untold
) -> Iterator[tuple[Work, bool]]:
    """Make sure that the outputs of works of one recipe are stored.

    Args:
        works: jobs of one recipe, and the rows that their models are asked about.
        records: the records.
        store: where models and outputs are kept.
        device: the device to train on.
        tick: called now and then with the number of records just trained on.

    Yields:
        Each work as soon as its outputs are stored, and whether its model had to be trained.
    """
    untrained: dict[str, list[Work]] = {}
    for work in works:
        if not _missing(work, store, records.classes) or _ask_stored(work, records, store, device):
            yield work, False
        else:
            untrained.setdefault(work.job.key, []).append(work)
    jobs = [same[0].job for same in untrained.values()]
    for same, model in zip(untrained.values(), _train(jobs, records, store, device, tick), strict=True):
        for work in same:
            _put_missing(work, model, records, store)
            yield work, True


def outputs(work: Work, store: Store, view: int = 0) -> ModelOutputs:
    """The stored outputs (n, C) of a work's model on the records as they are, or on a further view of them.

    Raises:
        UserError: there are no valid ones, because somebody removed or changed them.
    """
    said = _stored_outputs(work, work.keys[view], store)
    if said is None:
        raise UserError(
            f"no outputs of job {work.job.key} are in the store any more: were files removed from "
            f"{printable(store.location)} during the audit? Run it again; what is left there is used"
        )
    return said


def _missing(work: Work, store: Store, classes: int | None = None) -> list[int]:
    """The views whose outputs are not stored, or not valid; 0 stands for the records as they are."""
    return [view for view, key in enumerate(work.keys) if _stored_outputs(work, key, store, classes) is None]


def _stored_outputs(work: Work, key: str, store: Store, classes: int | None = None) -> ModelOutputs | None:
    """The outputs stored under a key of the work; None if there are none. Other content counts as damaged."""
    tensors = store.get(key)
    if tensors is None:
        return None
    kind = work.job.recipe.output_kind
    try:
        return checked("the entry", tensors[kind], kind, len(work.query), classes)
    except (KeyError, UserError):
        store.discard(key)
        return None


def _train(jobs: Sequence[Job], records: Records, store: Store, device: str, tick: Tick) -> Iterator[TrainedModel]:
    """Models of jobs of one recipe, in their order, each stored if it can be."""
    if not jobs:
        return
    recipe, stacked = jobs[0].recipe, jobs[0].stacked
    snapshots = [JobSnapshots(store.near, job.key, describe_job(job)) for job in jobs]
    subsets = [job.subset._replace(snapshots=each) for job, each in zip(jobs, snapshots, strict=True)]
    trained = clocked(recipe.train(records, Batch(subsets, stacked), device, tick), len(jobs) if stacked else 1)
    for job, each, (model, seconds) in zip(jobs, snapshots, trained, strict=True):
        tensors = model.tensors()
        if tensors is not None:
            store.put(job.key, tensors, describe_model(job, sum(each.taken.values()) + seconds))
        each.drop()
        yield model


def clocked(made: Iterable[Made], at_once: int = 1) -> Iterator[tuple[Made, float]]:
    """Yield each item with the seconds that it took to make; items made at once share their time equally."""
    start, share = time.perf_counter(), 0.0
    for place, each in enumerate(made):
        if place % at_once == 0:
            share = (time.perf_counter() - start) / at_once
        yield each, share
        start = time.perf_counter()


def training_seconds(works: Iterable[Work], store: Store) -> float | None:
    """Seconds that training the works' models took, each counted once, on one thread or one GPU.

    None if a time is not known, as for estimators and for models that older versions stored.
    """
    entries = [store.description(key) or {} for key in {work.job.key for work in works}]
    known = [entry["seconds"] for entry in entries if entry.get("seconds") is not None]
    return float(sum(known)) if len(known) == len(entries) else None


def _ask_stored(work: Work, records: Records, store: Store, device: str) -> bool:
    """Store the outputs of a model that is stored; False if there is none."""
    tensors = store.get(work.job.key)
    if tensors is None:
        return False
    model = work.job.recipe.restored(tensors, records, device)
    if model is None:
        store.discard(work.job.key)
        return False
    JobSnapshots(store.near, work.job.key).drop()  # left by a kill just after the model was stored
    _put_missing(work, model, records, store)
    return True


def _put_missing(work: Work, model: TrainedModel, records: Records, store: Store) -> None:
    """Ask a model about everything whose outputs are not stored, and store what it says."""
    for view in _missing(work, store, records.classes):
        said = _asked(work, model, records, view)
        store.put(work.keys[view], {said.kind: said.values}, describe_outputs(work.job, work.query))


def _asked(work: Work, model: TrainedModel, records: Records, view: int) -> ModelOutputs:
    recipe = work.job.recipe
    if work.views is None or view == 0:
        return recipe.ask(model, records, work.query)
    seen = records._replace(x=work.views.seen(records.x, view))
    parts = [recipe.ask(model, seen, rows) for rows in blocks(work.query)]
    return ModelOutputs(np.concatenate([part.values for part in parts]), parts[0].kind)
