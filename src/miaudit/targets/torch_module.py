"""Target: a torch module that maps a batch of records to logits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.models.base import predict_logits

if TYPE_CHECKING:
    import torch

ALIKE = 1e-4  # rows of outputs that sum to 1 within this are probabilities


@dataclass(frozen=True, eq=False)
class TorchModule:
    """A module whose forward pass gives logits (batch, C), not probabilities."""

    module: "torch.nn.Module"

    @property
    def description(self) -> str:
        """Class and number of parameters."""
        parameters = sum(p.numel() for p in self.module.parameters())
        return f"{type(self.module).__name__} (torch, {parameters:,} parameters)"

    def logits(self, x: Floats) -> Floats:
        """Logits (n, C), float32, computed where the module's parameters lie; raises UserError on another shape."""
        device = next((str(p.device) for p in self.module.parameters()), "cpu")
        try:
            values = predict_logits(self.module, x, device)
        except (RuntimeError, AttributeError, TypeError, ValueError, IndexError) as error:
            raise UserError(
                f"expected a model that maps records of shape {x.shape[1:]} to a tensor of logits (n, C); it failed: "
                f"{str(error).splitlines()[0]}"
            ) from error
        if values.ndim != 2 or values.shape[1] < 2 or len(values) != len(x):
            raise UserError(f"expected logits of shape ({len(x)}, C) with C >= 2, the model gave {values.shape}")
        if not np.isfinite(values).all():
            raise UserError("the model gives logits that are not finite: look for NaN in the records or the weights")
        if values.min() >= 0 and np.abs(values.sum(axis=1) - 1).max() < ALIKE:
            raise UserError(
                "the model gives probabilities (no negative output, every row sums to 1): expected logits, leave out "
                "its last softmax, or audit its predictions with miaudit.Predictions"
            )
        return values
