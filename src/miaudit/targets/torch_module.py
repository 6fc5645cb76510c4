"""Target: a torch module that maps a batch of records to logits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.models.base import predict_logits

if TYPE_CHECKING:
    import torch


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
        except RuntimeError as error:
            raise UserError(
                f"the model cannot read records of shape {x.shape[1:]}: {str(error).splitlines()[0]}"
            ) from error
        if values.ndim != 2 or values.shape[1] < 2:
            raise UserError(f"expected logits of shape (n, C) with C >= 2 classes, the model gave {values.shape}")
        return values
