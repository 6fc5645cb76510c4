"""Recipe for LightGBM's own boosters."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from miaudit.answers import AnswerForm
from miaudit.arrays import Ints
from miaudit.training.boosters import BoosterRecipe, as_json, form_named

OVER_CLASSES = "multiclassova"
FORMS = {
    "binary": AnswerForm("probabilities", single=True),
    "cross_entropy": AnswerForm("probabilities", single=True),
    "multiclass": AnswerForm("probabilities"),
    OVER_CLASSES: AnswerForm("margins"),  # its probabilities would not sum to 1
}
SEEDS = {
    "seed",
    "data_random_seed",
    "feature_fraction_seed",
    "bagging_seed",
    "extra_seed",
    "drop_seed",
    "objective_seed",
}
CATEGORICAL = "categorical_feature"  # the numbers of these columns
OTHER = {"num_iterations", "early_stopping_round", "num_threads", "verbosity", "force_row_wise", "force_col_wise"}


@dataclass(frozen=True)
class LightgbmRecipe(BoosterRecipe):
    """A `lightgbm.Booster` to train on other records."""

    forms: ClassVar[dict[str, AnswerForm]] = FORMS

    @classmethod
    def of(cls, booster: Any) -> Self:
        """The recipe that a booster was made by; its model text holds all parameters under their own names.

        Raises:
            UserError: its objective is not that of a classifier.
        """
        import lightgbm

        known = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=1)).params
        form_named("LightGBM", known.get("objective"), FORMS)
        params = {name: value for name, value in known.items() if name not in SEEDS | OTHER}
        rounds = booster.best_iteration if booster.best_iteration > 0 else booster.current_iteration()
        return cls(as_json(params), int(rounds), f"lightgbm {lightgbm.__version__}")

    def fit(self, x: Any, y: Ints, seed: int) -> Any:
        """A booster trained on x (n, features) and y (n,), on one thread and in one order of sums."""
        import lightgbm

        params = {**self.settings, "seed": seed, "num_threads": 1, "verbosity": -1, "force_col_wise": True}
        columns = params.pop(CATEGORICAL, "auto")  # among the parameters, it would be ignored
        return lightgbm.train(params, lightgbm.Dataset(x, label=y, categorical_feature=columns), self.rounds)

    def answers(self, booster: Any, x: Any) -> Any:
        """Query a booster about x (n, features); returns (n,) or (n, C) in float64."""
        return booster.predict(x, raw_score=self.form.form == "margins")
