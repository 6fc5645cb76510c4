"""SELENA: the outputs of models that did not see a record, distilled into one model (Tang et al. 2022)."""

from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass
from scipy.special import softmax

from miaudit.arrays import Bools
from miaudit.errors import UserError
from miaudit.models.base import predict
from miaudit.seeds import child_seed, generator
from miaudit.training.data import Records, Subset, Tick
from miaudit.training.defended import DefendedRecipe
from miaudit.training.networks import batch_of, train_networks
from miaudit.training.recipe import Recipe
from miaudit.training.soft import fit_soft

if TYPE_CHECKING:
    import torch

CODE_VERSION = "selena/1"  # raise it when a change here or in soft.py alters what is trained


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class SelenaRecipe(DefendedRecipe):
    """Split-AI and self-distillation (USENIX Security 2022, arXiv:2110.08324, Algorithms 1 to 3).

    K sub-models by the base recipe, each member left out of L of them; the model that is kept learns, on the same
    members, the mean probabilities of the L sub-models that did not see each. Labels reach it only through them.
    """

    base: Recipe
    models: int = Field(default=25, ge=2, description="K: number of sub-models")
    left_out: int = Field(default=10, ge=1, description="L: sub-models that each member is left out of")

    @model_validator(mode="after")
    def _fewer_left_out(self) -> Self:
        if self.left_out >= self.models:
            raise ValueError(f"left_out must be below models, {self.models}")
        return self

    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of this file and of the sub-models' loop."""
        return f"{CODE_VERSION} {self.base.loop_version(shape, classes)}"

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that the sub-models and the student pass over together."""
        del unlabelled
        return self.base.epochs * rows * (self.models - self.left_out + 1)

    def train_network(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """The student; no sub-model is stored. Raises UserError if a sub-model would have no record."""
        rows, validation = subset.rows, subset.validation
        seen = seen_by(len(rows), self.models, self.left_out, generator(subset.seed, "split-ai"))
        if not seen.any(axis=1).all():
            raise UserError(
                f"selena: {len(rows)} training records are too few for {self.models} sub-models that each leave out "
                f"{self.left_out / self.models:.0%}: one of them would have none; give it more records or fewer models"
            )
        parts = [
            Subset(rows[own], child_seed(subset.seed, "split-ai", k), validation, snapshots=subset.part(str(k)))
            for k, own in enumerate(seen)
        ]
        answers = np.zeros((len(rows), records.classes))
        batch = batch_of(self.base, records, parts)
        for own, module in zip(seen, train_networks(self.base, records, batch, device, tick), strict=True):
            if own.all():
                continue
            answers[~own] += softmax(predict(module, records.x[rows[~own]], device).astype(np.float64), axis=1)
        return fit_soft(self.base, records, subset._replace(wanted=answers / self.left_out), device, tick)


def seen_by(rows: int, models: int, left_out: int, rng: np.random.Generator) -> Bools:
    """Draw which sub-model is trained on which record, so that each record is left out of exactly L sub-models.

    Args:
        rows: number n of records.
        models: number K of sub-models.
        left_out: L.
        rng: the source of the draw.

    Returns:
        A mask (K, n), true where a sub-model is trained on a record.

    >>> (~seen_by(100, 5, 2, np.random.default_rng(0))).sum(axis=0).tolist() == [2] * 100
    True
    """
    order = rng.random((models, rows)).argsort(axis=0)
    seen: Bools = order >= left_out
    return seen
