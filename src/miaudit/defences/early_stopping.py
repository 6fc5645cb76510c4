"""Defence `early_stopping`."""

from dataclasses import replace
from typing import ClassVar

from pydantic.dataclasses import dataclass

from miaudit.defences.base import STRICT
from miaudit.training.recipe import Recipe


@dataclass(frozen=True, kw_only=True, config=STRICT)
class EarlyStopping:
    """Keeps the epoch that does best on records held out, before the model overfits (Song and Mittal 2021).

    The records are those of the split's test part; test accuracy is then measured on the non-members.
    """

    paper: ClassVar[str] = "Song and Mittal, USENIX Security 2021, arXiv:2003.10595"

    def defend(self, recipe: Recipe) -> Recipe:
        """The recipe with early stopping."""
        return replace(recipe, early_stopping=True)
