"""Defence `label_smoothing`."""

from dataclasses import replace
from typing import ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class LabelSmoothing:
    """Trains towards labels that are not quite certain, so that no record is fitted to the end (Szegedy et al. 2016).

    It lowers the loss of members less far, but the target's loss alone is not all that attacks read: smoothing may
    help an attacker who compares with models of their own (Kaya and Dumitras 2021). Audit it.
    """

    paper: ClassVar[str] = "Szegedy et al., CVPR 2016, arXiv:1512.00567, Section 7; Kaya and Dumitras, ICML 2021"

    amount: float = Field(default=0.1, gt=0, lt=1, description="probability that is spread over all classes")

    def defend(self, recipe: Recipe) -> Recipe:
        """The recipe with smoothed labels."""
        return replace(recipe, label_smoothing=self.amount)
