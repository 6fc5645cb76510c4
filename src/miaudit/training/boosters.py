"""Recipes for the boosters that XGBoost's and LightGBM's own `train` makes, without scikit-learn's interface."""

import json
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.answers import AnswerForm
from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.features.base import Inputs, as_table
from miaudit.messages import shortened
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Batch, Records, Tick, untold

# Part of the names of all outputs: raise it with any change here or in the recipes of the libraries.
CODE_VERSION = "; boosters/2"


@dataclass(frozen=True)
class BoosterRecipe(AnyRecipe):
    """A booster to train on other records: its parameters, its number of rounds, and its library's version."""

    forms: ClassVar[dict[str, AnswerForm]]  # by the name of the objective, of all that classifiers have

    params: str  # JSON, without the seed and the number of threads
    rounds: int
    library: str  # name and version

    @classmethod
    @abstractmethod
    def of(cls, booster: Any) -> Self:
        """The recipe that a booster was made by, as far as the booster shows it.

        Raises:
            UserError: its objective is not that of a classifier.
        """

    @property
    def form(self) -> AnswerForm:
        """The form of its boosters' answers, which their objective decides."""
        return self.forms[self.settings["objective"]]

    @property
    def classes(self) -> int:
        """Number of classes C that its boosters tell apart; two without `num_class`."""
        return max(int(self.settings.get("num_class", 0)), 2)

    @abstractmethod
    def fit(self, x: Any, y: Ints, seed: int) -> Any:
        """A booster trained on x (n, features) and y (n,), on one thread."""

    @abstractmethod
    def answers(self, booster: Any, x: Any) -> Any:
        """Query a booster about x (n, features); returns (n,) or (n, C)."""

    def outputs(self, booster: Any, x: Inputs) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...), in the form that the objective gives them."""
        name = f"the {self.title}"
        return self.form.read(name, self.answers(booster, as_table(x)), len(x), self.classes)

    @property
    def title(self) -> str:
        """The library and what it calls its models."""
        return f"{self.library.split()[0]} Booster"

    @property
    def output_kind(self) -> OutputKind:
        """Logits or probabilities, as the objective decides."""
        return self.form.kind

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters by name."""
        settings: dict[str, Any] = json.loads(self.params)
        return settings

    @property
    def description(self) -> dict[str, Any]:
        """The library's version, the parameters and the number of rounds."""
        return {**super().description, "params": self.settings}

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The library's version, whatever the data."""
        del shape, classes, device
        return self.library + CODE_VERSION

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator["Boosted"]:
        """Boosters trained on each subset, one after another."""
        del device, tick
        for subset in batch.subsets:
            rows = subset.rows
            x = as_table(records.x[rows])
            yield Boosted(self, self.fit(x, records.y[rows], subset.seed % 2**31), records.classes)


@dataclass(frozen=True, eq=False)
class Boosted:
    """A booster that was trained for an audit."""

    recipe: BoosterRecipe
    booster: Any
    classes: int  # of the audit

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...)."""
        found = self.recipe.outputs(self.booster, x)
        if found.values.shape[1] != self.classes:
            raise UserError(
                f"a {self.recipe.title} for {found.values.shape[1]} classes was trained on labels of {self.classes}"
            )
        return found

    def tensors(self) -> None:
        """None: its outputs are stored instead."""
        return


def form_named(library: str, objective: object, forms: dict[str, AnswerForm]) -> AnswerForm:
    """The form that an objective gives; raises UserError where it is not that of a classifier.

    Args:
        library: name of the library, for the message.
        objective: name of the objective.
        forms: the forms of all objectives of classifiers.
    """
    if isinstance(objective, str) and objective in forms:
        return forms[objective]
    raise UserError(
        f"the {library} Booster: expected the objective of a classifier ({', '.join(forms)}), got "
        f"{shortened(objective)}; if it is a classifier all the same, audit a function `x -> answers` that asks it, "
        "and say by outputs=... what the answers are"
    )


def as_json(params: dict[str, Any]) -> str:
    """Parameters as text, in the order of their names.

    >>> as_json({"eta": "0.3", "depth": np.int64(2)})
    '{"depth": 2, "eta": "0.3"}'
    """
    return json.dumps(params, sort_keys=True, default=lambda value: np.asarray(value).tolist())
