"""Defence `distillation`."""

from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.training.distillation import DistillationRecipe
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Distillation:
    """Shows a student that learnt from a teacher on other records, and never saw a member (DMP, Shejwalkar et al.).

    The teacher is trained on the members by the recipe, the student by the same recipe on the teacher's probabilities
    for records without labels. Those come from the split's population, else from its test part, and are no longer
    used as such. A higher temperature, and fewer records of which the teacher is surer, leak less.
    """

    paper: ClassVar[str] = "Shejwalkar and Houmansadr, AAAI 2021, arXiv:1906.06589"

    temperature: float = Field(default=4.0, gt=0, description="T: the teacher's logits are divided by it")
    keep: float = Field(default=1.0, gt=0, le=1, description="share of the records that is used, the surest first")
    share: float = Field(default=0.5, gt=0, le=1, description="share of the population or test part that is set aside")

    def defend(self, recipe: Recipe) -> DistillationRecipe:
        """A recipe that trains teacher and student by the one given."""
        return DistillationRecipe(base=recipe, temperature=self.temperature, keep=self.keep)
