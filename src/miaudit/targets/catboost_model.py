"""Target: a model of CatBoost without `predict_proba`, or a file of one."""

import sys
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets._files import is_file, library, opened
from miaudit.targets.estimator import Estimator


@dataclass(frozen=True, eq=False)
class CatboostModel(Estimator):
    """A `catboost.CatBoost` with the loss of a classifier, made a `CatBoostClassifier` with the same trees."""

    made_of: ClassVar[str] = "a catboost.CatBoost"
    opened_from: ClassVar[str] = "model.cbm of CatBoost"
    extra: ClassVar[str] = "catboost"
    gives: ClassVar[str] = "probabilities"
    rank: ClassVar[int] = 40  # before classifiers: its regressors have their methods

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a model of CatBoost that is no `CatBoostClassifier`?"""
        catboost = sys.modules.get("catboost")  # whoever has a model has imported it
        return catboost is not None and isinstance(given, catboost.CatBoost) and not hasattr(given, "predict_proba")

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the model; raises UserError where its loss is not that of a classifier."""
        import catboost

        if not given.is_fitted():
            raise UserError(f"the {type(given).__name__} is not fitted: call fit(x, y) with the members first")
        try:
            return super().of(catboost.to_classifier(given))
        except (catboost.CatBoostError, ValueError):
            raise UserError(
                f"the {type(given).__name__}: expected a classifier's loss, such as Logloss or MultiClass, got "
                f"{given.get_all_params().get('loss_function')}"
            ) from None

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file `.cbm`?"""
        return is_file(address, ".cbm")

    @classmethod
    def open(cls, address: Address) -> Self:
        """The model in the file, which holds its parameters; raises UserError where it is damaged or no classifier."""
        address.check_options()
        catboost = library("catboost", "catboost", address)
        model = catboost.CatBoost()
        with opened(address):
            model.load_model(str(address.path))
        return cls.of(model)
