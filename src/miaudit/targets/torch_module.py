"""Target: a torch module that maps a batch of records to logits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs, checked
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

    def outputs(self, x: Floats) -> ModelOutputs:
        """Logits (n, C), float32, computed where the module's parameters lie; raises UserError where it gives none."""
        device = next((str(p.device) for p in self.module.parameters()), "cpu")
        try:
            values = predict_logits(self.module, x, device)
        except (RuntimeError, AttributeError, TypeError, ValueError, IndexError) as error:
            raise UserError(
                f"expected a model that maps records of shape {x.shape[1:]} to a tensor of logits (n, C); it failed: "
                f"{str(error).splitlines()[0]}"
            ) from error
        return checked(f"the {type(self.module).__name__}", values, "logits", len(x))
