"""Recipe for XGBoost's own boosters."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from miaudit.answers import AnswerForm
from miaudit.arrays import Ints
from miaudit.training.boosters import BoosterRecipe, as_json, form_named

FORMS = {
    "binary:logistic": AnswerForm("probabilities", single=True),
    "reg:logistic": AnswerForm("probabilities", single=True),
    "binary:logitraw": AnswerForm("logits", single=True),
    "binary:hinge": AnswerForm("labels", single=True),
    "multi:softprob": AnswerForm("probabilities"),
    "multi:softmax": AnswerForm("labels", single=True),
}
SECOND_NAMES = {"learning_rate", "min_split_loss", "reg_alpha", "reg_lambda"}  # the values stand under the first ones
LINEAR = "gblinear"


@dataclass(frozen=True)
class XgboostRecipe(BoosterRecipe):
    """An `xgboost.Booster` to train on other records."""

    forms: ClassVar[dict[str, AnswerForm]] = FORMS

    @classmethod
    def of(cls, booster: Any) -> Self:
        """The recipe that a booster was made by; one loaded from a file reports XGBoost's defaults instead.

        Raises:
            UserError: its objective is not that of a classifier.
        """
        import xgboost

        params = parameters(json.loads(booster.save_config())["learner"])
        form_named("XGBoost", params["objective"], FORMS)
        return cls(as_json(params), int(booster.num_boosted_rounds()), f"xgboost {xgboost.__version__}")

    @property
    def is_linear(self) -> bool:
        """Are its boosters linear? XGBoost does not keep the parameters of these."""
        return bool(self.settings["booster"] == LINEAR)

    @property
    def depth(self) -> int | None:
        """Levels that a tree may have; None where there are no trees, or no limit."""
        return None if self.is_linear else int(self.settings["max_depth"]) or None

    def with_depth(self, depth: int) -> Self:
        """The recipe with another number of levels."""
        return replace(self, params=as_json({**self.settings, "max_depth": str(depth)}))

    def fit(self, x: Any, y: Ints, seed: int) -> Any:
        """A booster trained on x (n, features) and y (n,), on one thread."""
        import xgboost

        params = {**self.settings, "seed": seed, "nthread": 1, "verbosity": 0}
        return xgboost.train(params, xgboost.DMatrix(x, label=y, enable_categorical=True), self.rounds)

    def answers(self, booster: Any, x: Any) -> Any:
        """Query a booster about x (n, features); returns (n,) or (n, C) in float32, labels as whole numbers."""
        import xgboost

        answers = booster.predict(xgboost.DMatrix(x, enable_categorical=True), validate_features=False)
        return answers.astype(int) if self.form.labels_only else answers


def parameters(learner: dict[str, Any]) -> dict[str, str]:
    """The training parameters in a booster's configuration, as `save_config` gives it."""
    model, generic = learner["learner_model_param"], learner["generic_param"]
    found = {"device": generic["device"], **learner["learner_train_param"]}
    for part in (learner["gradient_booster"], learner["objective"]):
        found.update(_trained_with(part))
    if int(model["num_class"]) > 0:
        found["num_class"] = model["num_class"]
    if model.get("boost_from_average") == "0":  # else the base score is computed from the labels
        found["base_score"] = model["base_score"].strip("[]")
    return {name: value for name, value in found.items() if name not in SECOND_NAMES}


def _trained_with(part: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters in a part of a configuration, at any depth."""
    chosen = part.get("specified_updater", False)
    for name, value in part.items():
        if isinstance(value, dict) and name.endswith("_param"):
            yield from ((key, each) for key, each in value.items() if _decides(key, each, chosen))
        elif isinstance(value, dict):
            yield from _trained_with(value)


def _decides(name: str, value: object, updater_chosen: bool) -> bool:
    """Does a parameter decide how a booster is trained, other than those that XGBoost works out itself?"""
    if name in ("updater", "updater_seq"):
        return updater_chosen and name == "updater"
    return isinstance(value, str) and value not in ("", "()") and name not in ("num_trees", "num_class")
