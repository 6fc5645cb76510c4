"""Target: a booster that `xgboost.train` made, or a file of one."""

from dataclasses import dataclass
from typing import Any, ClassVar

from miaudit.arrays import Ints
from miaudit.features.base import Inputs
from miaudit.targets._booster import BoosterTarget
from miaudit.targets.base import Guess
from miaudit.training.boosters import BoosterRecipe
from miaudit.training.xgboost_recipe import XgboostRecipe


@dataclass(frozen=True, eq=False)
class XgboostBooster(BoosterTarget):
    """An `xgboost.Booster` whose objective is that of a classifier."""

    made_of: ClassVar[str] = "an xgboost.Booster"
    opened_from: ClassVar[str] = "model.ubj or model.json of XGBoost"
    extra: ClassVar[str] = "xgboost"
    begins: ClassVar[dict[str, bytes]] = {".ubj": b"{L", ".json": b'{"learner"'}
    recipes: ClassVar[type[BoosterRecipe]] = XgboostRecipe
    refitted: ClassVar[str] = "its own parameters; from a file, default ones with its rounds and its depth"

    recipe: XgboostRecipe

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The booster's names of features."""
        return tuple(map(str, self.booster.feature_names or ()))

    def guess(self, x: Inputs, y: Ints) -> Guess:
        """The booster's own parameters; those of one from a file are lost but for what its trees show."""
        default = f"with XGBoost's default parameters, for {self.recipe.rounds} rounds"
        if self.recipe.is_linear:
            return Guess(self.recipe, f"{default}, since a linear booster does not tell its own")
        told, grown = self.recipe.depth, _levels(self.booster)
        if not self.from_file and (told is None or grown <= told):
            return super().guess(x, y)
        words = f"{default} and with trees of up to {grown} levels, as it has them: XGBoost's files tell no more"
        return Guess(self.recipe.with_depth(grown), words)


def _levels(booster: Any) -> int:
    """The most levels that a tree of the booster has, as the tabs in its text show."""
    lines = (line for tree in booster.get_dump() for line in tree.splitlines())
    return max((len(line) - len(line.lstrip("\t")) for line in lines), default=0)
