"""Defence `selena`."""

from typing import ClassVar, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.training.recipe import Recipe
from miaudit.training.selena import SelenaRecipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Selena:
    """Teaches a model what sub-models answer on records that they did not see: Split-AI, then self-distillation (Tang).

    A model costs K - L + 1 trainings on all members, 16 by default.
    """

    paper: ClassVar[str] = "Tang et al., USENIX Security 2022, arXiv:2110.08324"

    models: int = Field(default=25, ge=2, le=1_000, description="K: number of sub-models")
    left_out: int = Field(default=10, ge=1, description="L: sub-models that each member is left out of, below K")

    @model_validator(mode="after")
    def _fewer_left_out(self) -> Self:
        if self.left_out >= self.models:
            raise ValueError(f"left_out must be below models, {self.models}")
        return self

    def defend(self, recipe: Recipe) -> SelenaRecipe:
        """A recipe that trains sub-models and student by the one given."""
        return SelenaRecipe(base=recipe, models=self.models, left_out=self.left_out)
