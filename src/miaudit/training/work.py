"""One unit of work: train a job's model if it is not stored, and store what it says about some records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.fingerprint import fingerprint
from miaudit.models.base import predict_logits
from miaudit.probabilities import logits_from_probabilities
from miaudit.training.checkpoints import Store, Tensors
from miaudit.training.estimators import EstimatorRecipe, estimator_probabilities, fit_estimator
from miaudit.training.fit import build, code_version, fit
from miaudit.training.job import AnyRecipe, Job
from miaudit.training.recipe import Recipe


def code_version_of(recipe: AnyRecipe) -> str:
    """Version of the code that trains by this recipe."""
    return recipe.library if isinstance(recipe, EstimatorRecipe) else code_version()


class Records(NamedTuple):
    """The data that all jobs share."""

    x: Floats  # (N, ...)
    y: Ints  # (N,)
    classes: int


@dataclass(frozen=True, eq=False)
class Work:
    """A job, and the rows on which its model is asked."""

    job: Job
    query: Ints

    @property
    def key(self) -> str:
        """Name of the stored outputs."""
        return fingerprint("outputs", self.job.key, self.query)

    def is_done(self, store: Store) -> bool:
        """Are the outputs stored?"""
        return store.has(self.key)

    def is_intact(self, store: Store) -> bool:
        """Are the outputs stored, and can they be read? A damaged file is removed."""
        return store.get(self.key) is not None

    def is_trained(self, store: Store) -> bool:
        """Is the model stored, or (always for an estimator) only what it said?"""
        return store.has(self.job.key) or self.is_done(store)


def do(work: Work, records: Records, store: Store, device: str = "cpu") -> bool:
    """Make sure that the work's outputs are stored; True where a model had to be trained."""
    if store.get(work.key) is not None:
        return False
    recipe = work.job.recipe
    if isinstance(recipe, EstimatorRecipe):
        logits, trained = _estimator_logits(recipe, work, records), True
    else:
        logits, trained = _network_logits(recipe, work, records, store, device)
    store.put(work.key, {"logits": logits}, {"kind": "outputs", "job": work.job.key, "records": len(work.query)})
    return trained


def outputs(work: Work, store: Store) -> Floats:
    """The stored logits (n, C) of the work's model on its query rows; raises KeyError where there are none."""
    tensors = store.get(work.key)
    if tensors is None:
        raise KeyError(f"no outputs of job {work.job.key} are stored")
    logits: Floats = tensors["logits"]
    return logits


def _estimator_logits(recipe: EstimatorRecipe, work: Work, records: Records) -> Floats:
    job = work.job
    estimator = fit_estimator(recipe, records.x, records.y, job.rows, job.seed)
    return logits_from_probabilities(estimator_probabilities(estimator, records.x[work.query], records.classes))


def _network_logits(recipe: Recipe, work: Work, records: Records, store: Store, device: str) -> tuple[Floats, bool]:
    import torch

    job = work.job
    state = store.get(job.key)
    if state is None:
        module = fit(recipe, records.x, records.y, job.rows, job.seed, records.classes, job.validation, device)
        tensors: Tensors = {name: value.detach().cpu().numpy() for name, value in module.state_dict().items()}
        store.put(job.key, tensors, {"kind": "model", **job.parts, "rows_count": len(job.rows)})
    else:
        with torch.random.fork_rng(devices=[]):
            module = build(recipe, records.x.shape[1:], records.classes, device)
        module.load_state_dict({name: torch.from_numpy(np.asarray(value)) for name, value in state.items()})
    return predict_logits(module, records.x[work.query], device), state is None


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
