"""Target: a torch module that maps a batch of records to logits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from miaudit.arrays import Floats
from miaudit.guard import foreign
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
        call = f"the {type(self.module).__name__}, which is to map records of shape {x.shape[1:]} to logits (n, C),"
        with foreign(call, len(x)):
            values = predict_logits(self.module, x, device)
        return checked(f"the {type(self.module).__name__}", values, "logits", len(x))
