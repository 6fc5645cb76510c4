"""Defence `dropout`."""

from dataclasses import fields, replace
from typing import Any, ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit import registry
from miaudit.defences.base import STRICT
from miaudit.errors import UserError
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Dropout:
    """Leaves out random units in every training step (Srivastava et al. 2014; as a defence Salem et al. 2019).

    Only for architectures that have a `dropout` of their own.
    """

    paper: ClassVar[str] = "Salem et al., ML-Leaks, NDSS 2019, arXiv:1806.01246"

    rate: float = Field(default=0.5, gt=0, lt=1, description="share of the units that are left out")

    def defend(self, recipe: Recipe) -> Recipe:
        """The recipe with this dropout in its model; raises UserError where the model has none."""
        if not _drops(type(recipe.model)):
            able = [name for name in registry.names("models") if _drops(registry.find("models", name))]
            raise UserError(
                f"defence dropout: {type(recipe.model).__name__.lower()} has no dropout; expected one of the models "
                f"{', '.join(able)}"
            )
        return replace(recipe, model=replace(recipe.model, dropout=self.rate))


def _drops(architecture: Any) -> bool:
    return "dropout" in {field.name for field in fields(architecture)}
