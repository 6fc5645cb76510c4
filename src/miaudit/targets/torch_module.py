"""Target: a torch module that maps a batch of records to logits."""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.model_outputs import ModelOutputs
from miaudit.models.base import predict_logits
from miaudit.targets.base import Guess, Target, at_least, query
from miaudit.training.fresh import check_fresh
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class TorchModule(Target):
    """A module whose forward pass gives logits (batch, C), not probabilities."""

    made_of: ClassVar[str] = "a torch module"
    rank: ClassVar[int] = 10  # before kinds that look for methods, which a module may have as well
    dtype: ClassVar[type] = np.float32

    module: "torch.nn.Module"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a torch module?"""
        torch = sys.modules.get("torch")  # whoever has a module has imported torch
        return torch is not None and isinstance(given, torch.nn.Module)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the module."""
        return cls(given)

    @property
    def description(self) -> str:
        """The module's class and its number of parameters."""
        parameters = sum(p.numel() for p in self.module.parameters())
        return f"{type(self.module).__name__} (torch, {parameters:,} parameters)"

    @property
    def name(self) -> str:
        """The module's class, and what it should do."""
        return f"the {type(self.module).__name__}"

    def outputs(self, x: Floats) -> ModelOutputs:
        """Logits (n, C) in float32, computed in evaluation mode where the module's parameters lie."""
        device = next((str(p.device) for p in self.module.parameters()), "cpu")
        return ModelOutputs(predict_logits(self.module, x, device), "logits")

    def count_classes(self, data: Dataset) -> int:
        """Number of logits that the module gives for one record."""
        return at_least(query(self, data.x[:1]).values.shape[1], data)

    def guess(self, x: Floats, y: Ints) -> Guess:
        """The module's own architecture, trained by the default recipe.

        Raises:
            UserError: a copy of the module with fresh weights would keep something of its training.
        """
        recipe = Recipe(model=Like.of(self.module))
        check_fresh(self.module, x, y)
        return Guess(recipe, "by the default recipe for the target's architecture")
