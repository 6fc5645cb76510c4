"""Work: train a job's model if it is not stored, and store what it says about some records."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.model_outputs import Kind, ModelOutputs, checked
from miaudit.models.base import predict_logits
from miaudit.running.description import describe_model, describe_outputs
from miaudit.store.checkpoints import Store, Tensors
from miaudit.training.defended import DefendedRecipe, network_recipe
from miaudit.training.estimators import EstimatorRecipe, estimator_outputs, fit_estimator
from miaudit.training.fit import Tick, build, untold
from miaudit.training.fit_many import Subset
from miaudit.training.job import AnyRecipe, Job
from miaudit.training.networks import Records as Records
from miaudit.training.networks import train_networks
from miaudit.training.recipe import Recipe
from miaudit.training.way import code_version, is_stacked, source_of_others

if TYPE_CHECKING:
    import torch


def code_version_of(recipe: AnyRecipe, data: "Dataset | Records", device: str = "cpu") -> str:
    """Version of all code that decides a model, the source of what is not miaudit's own among it."""
    network, trainer = network_recipe(recipe), trainer_version(recipe, data, device)
    return trainer if network is None else trainer + source_of_others(network.model, recipe)


def trainer_version(recipe: AnyRecipe, data: "Dataset | Records", device: str = "cpu") -> str:
    """Version of the code that trains by this recipe on this data and device; estimators are fitted on the CPU."""
    if isinstance(recipe, EstimatorRecipe):
        return recipe.library
    shape = data.x.shape[1:]
    if isinstance(recipe, DefendedRecipe):
        code = recipe.code_version(shape, data.classes)
    else:
        code = code_version(recipe, shape, data.classes)
    return code if device == "cpu" else f"{code} {device}"


Made = TypeVar("Made")
Ask = Callable[[Ints], ModelOutputs]  # what a model says about rows (n,)


@dataclass(frozen=True, eq=False)
class Work:
    """A job, and the rows on which its model is asked."""

    job: Job
    query: Ints

    @cached_property
    def key(self) -> str:
        """Name of the stored outputs; rows are hashed once."""
        return fingerprint("outputs", self.job.key, self.query)

    @property
    def deed(self) -> str:
        """What the process that is at it does."""
        return f"trains a model ({len(self.job.rows):,} records, seed {self.job.seed}, key {self.job.key})"

    def is_done(self, store: Store) -> bool:
        """Are the outputs stored?"""
        return store.has(self.key)

    def is_intact(self, store: Store, classes: int | None = None) -> bool:
        """Are the outputs stored, and are they what they should be? A damaged file is removed."""
        store.mark_used(self.job.key)  # the model is of use as long as its outputs are
        return _stored_outputs(self, store, classes) is not None

    def is_trained(self, store: Store) -> bool:
        """Is the model stored, or (always for an estimator) only what it said?"""
        return store.has(self.job.key) or self.is_done(store)


def do(work: Work, records: Records, store: Store, device: str = "cpu") -> bool:
    """Make sure that the work's outputs are stored; True where a model had to be trained."""
    ((_, trained),) = do_all([work], records, store, device)
    return trained


def do_all(
    works: Sequence[Work], records: Records, store: Store, device: str = "cpu", tick: Tick = untold
) -> Iterator[tuple[Work, bool]]:
    """Make sure that the outputs of works of one recipe are stored.

    Gives each one as soon as it is, with True where a model had to be trained.
    """
    untrained: dict[str, list[Work]] = {}
    for work in works:
        if _stored_outputs(work, store, records.classes) is not None or _ask_stored(work, records, store, device):
            yield work, False
        else:
            untrained.setdefault(work.job.key, []).append(work)
    jobs = [same[0].job for same in untrained.values()]
    for same, ask in zip(untrained.values(), _train(jobs, records, store, device, tick), strict=True):
        for work in same:
            _put_outputs(work, ask(work.query), store)
            yield work, True


def kind_of(recipe: AnyRecipe) -> Kind:
    """In which form models of this recipe answer."""
    return "probs" if isinstance(recipe, EstimatorRecipe) else "logits"


def outputs(work: Work, store: Store) -> ModelOutputs:
    """What the work's model said about its query rows, (n, C).

    Raises:
        UserError: nothing sound is stored, so that somebody removed or changed it since it was.
    """
    said = _stored_outputs(work, store)
    if said is None:
        raise UserError(
            f"no outputs of job {work.job.key} are in the store any more: were files removed from {store.root} during "
            "the audit? Run it again; what is left there is used"
        )
    return said


def _stored_outputs(work: Work, store: Store, classes: int | None = None) -> ModelOutputs | None:
    """The stored outputs; None where there are none. An entry that holds something else counts as damaged."""
    tensors = store.get(work.key)
    if tensors is None:
        return None
    kind = kind_of(work.job.recipe)
    try:
        return checked("the entry", tensors[kind], kind, len(work.query), classes)
    except (KeyError, UserError):
        store.discard(work.key)
        return None


def train(
    recipe: Recipe | DefendedRecipe,
    records: Records,
    subsets: Sequence[Subset],
    device: str = "cpu",
    tick: Tick = untold,
) -> "Iterator[torch.nn.Module]":
    """Networks of one recipe, one a subset."""
    if isinstance(recipe, DefendedRecipe):
        return (recipe.train(records, subset, device, tick) for subset in subsets)
    return train_networks(recipe, records, subsets, device, tick)


def _train(jobs: Sequence[Job], records: Records, store: Store, device: str, tick: Tick) -> Iterator[Ask]:
    """Models of jobs of one recipe, in their order: each is stored if it can be, and may then be asked about rows."""
    if not jobs:
        return
    recipe = jobs[0].recipe
    if isinstance(recipe, EstimatorRecipe):
        for job in jobs:
            yield _fit_estimator(recipe, job, records)
        return
    subsets = [Subset(job.rows, job.seed, job.validation, job.unlabelled) for job in jobs]
    at_once = len(jobs) if is_stacked(recipe, records.x.shape[1:], records.classes) else 1
    modules = clocked(train(recipe, records, subsets, device, tick), at_once)
    for job, (module, seconds) in zip(jobs, modules, strict=True):
        tensors: Tensors = {name: value.detach().cpu().numpy() for name, value in module.state_dict().items()}
        store.put(job.key, tensors, describe_model(job, seconds))
        yield _asker(module, records, device)


def clocked(made: Iterable[Made], at_once: int = 1) -> Iterator[tuple[Made, float]]:
    """Each with the seconds that it took to be made; of so many made at once, each has its share."""
    start, share = time.perf_counter(), 0.0
    for place, each in enumerate(made):
        if place % at_once == 0:
            share = (time.perf_counter() - start) / at_once
        yield each, share
        start = time.perf_counter()


def training_seconds(works: Iterable[Work], store: Store) -> float | None:
    """Seconds in which the works' models were trained, each counted once, on one thread or one GPU.

    None where one is not known: of estimators, and of models that older versions stored.
    """
    entries = [store.description(key) or {} for key in {work.job.key for work in works}]
    known = [entry["seconds"] for entry in entries if entry.get("seconds") is not None]
    return float(sum(known)) if len(known) == len(entries) else None


def _asker(module: "torch.nn.Module", records: Records, device: str) -> Ask:
    return lambda rows: _ask_network(module, records, rows, device)


def _ask_network(module: "torch.nn.Module", records: Records, rows: Ints, device: str) -> ModelOutputs:
    name = f"a {type(module).__name__} trained for this audit"
    return checked(name, predict_logits(module, records.x[rows], device), "logits", len(rows), records.classes)


def _fit_estimator(recipe: EstimatorRecipe, job: Job, records: Records) -> Ask:
    estimator = fit_estimator(recipe, records.x, records.y, job.rows, job.seed)
    classes = records.classes
    return lambda rows: estimator_outputs(estimator, records.x[rows], classes)


def _ask_stored(work: Work, records: Records, store: Store, device: str) -> bool:
    """Store the outputs of a model that is stored; False where there is none."""
    recipe = network_recipe(work.job.recipe)
    state = None if recipe is None else store.get(work.job.key)
    if recipe is None or state is None:
        return False
    import torch

    with torch.random.fork_rng(devices=[]):
        module = build(recipe, records.x.shape[1:], records.classes, device)
    try:
        module.load_state_dict({name: torch.from_numpy(np.asarray(value)) for name, value in state.items()})
    except (RuntimeError, TypeError, ValueError):  # other names, shapes or types than the network has
        store.discard(work.job.key)
        return False
    _put_outputs(work, _ask_network(module, records, work.query, device), store)
    return True


def _put_outputs(work: Work, said: ModelOutputs, store: Store) -> None:
    store.put(work.key, {said.kind: said.values}, describe_outputs(work.job, work.query))


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch on one thread within the block, as in the worker processes."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
