"""The base of targets around boosters: the recipe of a booster also says how to query it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.features.base import Inputs
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import Guess, Target, at_least
from miaudit.training.boosters import BoosterRecipe


@dataclass(frozen=True, eq=False)
class BoosterTarget(Target):
    """A booster of XGBoost or LightGBM, over labels 0..C-1."""

    gives: ClassVar[str] = "probabilities, logits or labels, as its objective has it"
    refitted: ClassVar[str] = "its own parameters and rounds"

    booster: Any
    recipe: BoosterRecipe
    from_file: bool = False

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
