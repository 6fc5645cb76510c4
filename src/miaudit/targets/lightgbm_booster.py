"""Target: a booster that `lightgbm.train` made, or a file of one."""

from dataclasses import dataclass
from typing import ClassVar

from miaudit.targets._booster import BoosterTarget
from miaudit.targets._columns import LIGHTGBM, own_names
from miaudit.training.boosters import BoosterRecipe
from miaudit.training.lightgbm_recipe import LightgbmRecipe


@dataclass(frozen=True, eq=False)
class LightgbmBooster(BoosterTarget):
    """A `lightgbm.Booster` whose objective is that of a classifier."""

    made_of: ClassVar[str] = "a lightgbm.Booster"
    opened_from: ClassVar[str] = "model.txt of LightGBM"
    extra: ClassVar[str] = "lightgbm"
    begins: ClassVar[dict[str, bytes]] = {".txt": b"tree\n", ".model": b"tree\n"}
    recipes: ClassVar[type[BoosterRecipe]] = LightgbmRecipe

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The booster's names of features."""
        return own_names(self.booster.feature_name(), LIGHTGBM)
