"""Defence `dp_sgd`."""

import math
from dataclasses import replace
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT, Guarantee
from miaudit.errors import UserError
from miaudit.training.dp_sgd import DpSgdRecipe, epsilon, steps_per_epoch
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DpSgd:
    """Clips each record's gradient and adds noise to their sum: the one defence with a proof (Abadi et al. 2016).

    Optimizer, learning rate, epochs and batch size are the recipe's; a batch holds every record with equal chance, so
    its size varies. LDC-MIA 5.1 has clip 10 and noise from 0 (no guarantee) to 1. Private training wants other
    hyper-parameters than usual: larger batches, a clip near the gradients' length. Networks with batch normalisation
    cannot be trained. Needs `pip install 'miaudit[dp]'`.
    """

    paper: ClassVar[str] = "Abadi et al., CCS 2016, arXiv:1607.00133; LDC-MIA, Section 5.1"

    single_precision: ClassVar[bool] = True

    clip: float = Field(default=10.0, gt=0, description="C: the longest gradient that a record may have")
    noise: float = Field(default=1.0, ge=0, description="sigma: the noise's standard deviation, in units of the clip")
    delta: float = Field(
        default=1e-5,
        gt=0,
        lt=1,
        description="probability that the guarantee fails; should be far below 1 / training records",
    )

    def defend(self, recipe: Recipe) -> DpSgdRecipe:
        """The recipe with private gradients."""
        if recipe.bf16 is True:
            raise UserError("defence dp_sgd trains in single precision: leave bf16 out of the recipe")
        return DpSgdRecipe(base=replace(recipe, bf16=False), clip=self.clip, noise=self.noise)

    def guarantee(self, recipe: Recipe, rows: int) -> Guarantee:
        """The accounted epsilon of the whole training, whatever epoch is kept."""
        steps = steps_per_epoch(rows, recipe.batch_size)
        spent = epsilon(self.noise, 1 / steps, recipe.epochs * steps, self.delta)
        return Guarantee(epsilon=spent if math.isfinite(spent) else None, delta=self.delta, accountant="RDP")
