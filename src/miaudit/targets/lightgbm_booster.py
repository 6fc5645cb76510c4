"""Target: a booster that `lightgbm.train` made, or a file of one."""

import sys
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from miaudit.address import Address
from miaudit.records.given import Given
from miaudit.targets._booster import BoosterTarget
from miaudit.targets._columns import check_columns
from miaudit.targets._files import begins_with, library, opened
from miaudit.training.lightgbm_recipe import LightgbmRecipe

BEGINS = {".txt": b"tree\n", ".model": b"tree\n"}


@dataclass(frozen=True, eq=False)
class LightgbmBooster(BoosterTarget):
    """A `lightgbm.Booster` whose objective is that of a classifier."""

    made_of: ClassVar[str] = "a lightgbm.Booster"
    opened_from: ClassVar[str] = "model.txt of LightGBM"
    extra: ClassVar[str] = "lightgbm"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a booster of LightGBM?"""
        lightgbm = sys.modules.get("lightgbm")  # whoever has a booster has imported it
        return lightgbm is not None and isinstance(given, lightgbm.Booster)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the booster; raises UserError where it is no classifier."""
        return cls(given, LightgbmRecipe.of(given))

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a text that `Booster.save_model` wrote?"""
        return begins_with(address, BEGINS)

    @classmethod
    def open(cls, address: Address) -> Self:
        """The booster in the file, which holds its parameters; raises UserError if it is damaged or no classifier."""
        address.check_options()
        lightgbm = library("lightgbm", "lightgbm", address)
        with opened(address):
            booster = lightgbm.Booster(model_file=str(address.path))
        return cls(booster, LightgbmRecipe.of(booster), from_file=True)

    def check(self, given: Given) -> None:
        """Raise UserError where columns are in another order than in training."""
        check_columns(given.data.feature_names, self.booster.feature_name(), "booster.feature_name()")
