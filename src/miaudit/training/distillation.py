"""Distillation for membership privacy: a student that never sees a member (Shejwalkar and Houmansadr 2021)."""

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass
from scipy.special import softmax

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.models.base import predict
from miaudit.seeds import child_seed
from miaudit.training.data import Records, Subset, Tick
from miaudit.training.defended import DefendedRecipe
from miaudit.training.networks import batch_of, train_networks
from miaudit.training.recipe import Recipe
from miaudit.training.soft import fit_soft

if TYPE_CHECKING:
    import torch

CODE_VERSION = "distillation/1"  # raise it when a change here or in soft.py alters what is trained


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class DistillationRecipe(DefendedRecipe):
    """Teacher by the base recipe, then a student of the same architecture on the teacher's softened outputs.

    DMP, AAAI 2021, arXiv:1906.06589: the teacher is trained on the members, the student on records of which only the
    teacher's probabilities are known. The teacher is part of the training and kept nowhere.
    """

    base: Recipe
    temperature: float = Field(default=4.0, gt=0, description="T: the teacher's logits are divided by it")
    keep: float = Field(default=1.0, gt=0, le=1, description="share of the records with the surest teacher")

    needs_unlabelled: ClassVar[bool] = True

    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of this file and of the teacher's loop."""
        return f"{CODE_VERSION} {self.base.loop_version(shape, classes)}"

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that the teacher and the student pass over together."""
        return self.base.epochs * (rows + kept_of(unlabelled, self.keep))

    def train_network(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """The student; raises UserError if there are no records to learn from."""
        if not len(subset.unlabelled):
            raise UserError("distillation needs records that no model is trained on, and the split leaves none")
        taught = subset._replace(seed=child_seed(subset.seed, "teacher"), snapshots=subset.part("teacher"))
        (teacher,) = train_networks(self.base, records, batch_of(self.base, records, [taught]), device, tick)
        logits = predict(teacher, records.x[subset.unlabelled], device)
        sure = surest(logits, self.keep)
        wanted = softmax(logits[sure].astype(np.float64) / self.temperature, axis=1)
        return fit_soft(self.base, records, subset._replace(rows=subset.unlabelled[sure], wanted=wanted), device, tick)


def kept_of(unlabelled: int, keep: float) -> int:
    """Number of the records that are kept, at least one.

    >>> kept_of(10, 0.25)
    3
    """
    return max(1, math.ceil(unlabelled * keep))


def surest(logits: Floats, keep: float) -> Ints:
    """Sorted positions (k,) of the rows with the lowest entropy, which reveal least about the members (DMP).

    >>> surest(np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 2.0]]), 0.5)
    array([1, 2])
    """
    p = softmax(logits.astype(np.float64), axis=1)
    # The signal `entropy` differs in the last bits, which decide between records that almost tie, and so the student.
    entropy = -(p * np.log(np.maximum(p, np.finfo(np.float64).tiny))).sum(axis=1)
    chosen = np.argsort(entropy, kind="stable")[: kept_of(len(logits), keep)]
    return np.sort(chosen).astype(np.int64)
