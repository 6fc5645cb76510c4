"""The part of a configuration that says how models are trained."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from miaudit.config.plugins import PluginConfig
from miaudit.reading.path import from_folder


class RecipeConfig(BaseModel):
    """How models are trained: a network by its `model`, a classifier by its class as `estimator`, or by your function.

    All other fields are passed on: those of a network's recipe, or the classifier's own parameters.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    model: PluginConfig | None = Field(default=None, description="The network's architecture.")
    estimator: str | None = Field(
        default=None,
        description="Dotted name of a classifier's class, such as `sklearn.ensemble.RandomForestClassifier`.",
    )

    train: str | None = Field(
        default=None,
        description="Your own training code: a function train(x, y, seed) -> model, such as `fit.py:train`.",
    )

    @model_validator(mode="after")
    def _one_kind(self) -> "RecipeConfig":
        if sum(kind is not None for kind in (self.model, self.estimator, self.train)) != 1:
            near = [name for name in self.options if get_close_matches(name, ("model", "estimator", "train"), n=1)]
            got = f" (got {near[0]!r})" if near else ""
            raise ValueError(
                f"expected one of `model`, of a network, `estimator`, of a classifier, and `train`, a function{got}"
            )
        if self.train is not None and self.options:
            raise ValueError(f"`train` takes no options beside it, got {next(iter(self.options))!r}")
        return self

    @property
    def options(self) -> dict[str, Any]:
        """All keys but the model, the estimator or the function."""
        return dict(self.model_extra or {})

    def within(self, folder: Path) -> "RecipeConfig":
        """The same with a relative path of `train` that starts from this folder."""
        return self if self.train is None else self.model_copy(update={"train": from_folder(self.train, folder)})

    def with_options(self, options: dict[str, Any]) -> "RecipeConfig":
        """The same kind of model with other options."""
        return type(self).model_validate({**self._kind, **options})

    def changed(self, changes: dict[str, Any]) -> "RecipeConfig":
        """The recipe with some of its fields changed.

        Changes that name an estimator, a function, or a network in place of one of these, start afresh: the parameters
        of one class are not those of another.
        """
        if {"estimator", "train"} & set(changes) or ("model" in changes and self.model is None):
            return type(self).model_validate(changes)
        return type(self).model_validate({**self._kind, **self.options, **changes})

    @property
    def _kind(self) -> dict[str, Any]:
        return {"model": self.model, "estimator": self.estimator, "train": self.train}
