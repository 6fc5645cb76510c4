"""Defence `l2`."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class L2:
    """Penalises large weights, so that the model fits its training records less closely (Shokri et al. 2017, VIII).

    HP-MIA's Table 6 audits weights from 0.0001 to 0.01 with an attacker who does not know of it.
    """

    paper: ClassVar[str] = "Shokri et al., IEEE S&P 2017, arXiv:1610.05820, Section VIII; HP-MIA, Section 4.3.2"

    weight: float = Field(default=1e-3, gt=0, description="lambda: the recipe's weight_decay")

    def defend(self, recipe: Recipe) -> Recipe:
        """The recipe with this weight decay instead of its own."""
        return replace(recipe, weight_decay=self.weight)
