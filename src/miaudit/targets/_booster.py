"""The base of targets around boosters: the recipe of a booster also says how to query it."""

import sys
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from miaudit.address import Address
from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.features.base import Inputs
from miaudit.model_outputs import ModelOutputs
from miaudit.records.reading import Reading
from miaudit.targets._files import begins_with, library, opened
from miaudit.targets.base import Guess, Target, at_least
from miaudit.training.boosters import BoosterRecipe


@dataclass(frozen=True, eq=False)
class BoosterTarget(Target):
    """A booster of XGBoost or LightGBM, over labels 0..C-1."""

    gives: ClassVar[str] = "probabilities, logits or labels, as its objective has it"
    refitted: ClassVar[str] = "its own parameters and rounds"

    begins: ClassVar[dict[str, bytes]]  # suffix -> first bytes of a file that `Booster.save_model` writes
    recipes: ClassVar[type[BoosterRecipe]]

    booster: Any
    recipe: BoosterRecipe
    from_file: bool = False

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a booster of the library?"""
        module = sys.modules.get(cls.extra)  # whoever has a booster has imported it
        return module is not None and isinstance(given, module.Booster)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the booster; raises UserError where it is no classifier."""
        return cls(given, cls.recipes.of(given))

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file that `Booster.save_model` wrote?"""
        return begins_with(address, cls.begins)

    @classmethod
    def open(cls, address: Address) -> Self:
        """The booster in the file; raises UserError where it is damaged or no classifier."""
        address.check_options()
        module = library(cls.extra, cls.extra, address)
        with opened(address):
            booster = module.Booster(model_file=str(address.path))
        return cls(booster, cls.recipes.of(booster), from_file=True)

    @property
    @abstractmethod
    def trained_on(self) -> tuple[str, ...]:
        """Names of the columns that it was trained on, in order; none where it has kept none."""

    @property
    def reading(self) -> Reading:
        """The columns that it was trained on; boosters of these libraries take text as categories alone."""
        return replace(super().reading, columns=self.trained_on, text_is_categories=True)

    @property
    def description(self) -> str:
        """The library, the objective and the number of rounds."""
        objective = self.recipe.settings["objective"]
        return f"{self.recipe.title} ({objective}, {self.recipe.rounds} rounds), which gives {self.recipe.form.words}"

    @property
    def name(self) -> str:
        """The library and what it calls its models."""
        return f"the {self.recipe.title}"

    @property
    def labels_only(self) -> bool:
        """Does its objective give nothing but labels?"""
        return self.recipe.form.labels_only

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C), in the form that the objective gives them."""
        return self.recipe.outputs(self.booster, x)

    def count_classes(self, data: Dataset) -> int:
        """Number of classes that the objective distinguishes."""
        return at_least(self.recipe.classes, data)

    def guess(self, x: Inputs, y: Ints) -> Guess:
        """The booster's own parameters and number of rounds."""
        del x, y
        return Guess(self.recipe, f"with the booster's own parameters and its {self.recipe.rounds} rounds")
