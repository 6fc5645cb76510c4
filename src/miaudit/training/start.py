"""Networks whose training begins with given weights, not with fresh ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from miaudit.answers import LOGITS, AnswerForm
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.messages import shortened
from miaudit.models.base import Answering

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Started:
    """An architecture, and the weights that its networks begin with; named by their content."""

    base: Any  # None for the target's
    weights: str  # fingerprint
    state: "Mapping[str, torch.Tensor]" = field(compare=False, repr=False)

    @classmethod
    def of(cls, base: Any, start: Any) -> Self:
        """The architecture with these weights: a module that holds them, or its state dict.

        Raises:
            ValueError: they are something else.
        """
        given = start.state_dict() if hasattr(start, "state_dict") else start
        if not isinstance(given, Mapping) or not all(hasattr(value, "detach") for value in given.values()):
            raise ValueError(f"expected a torch module or a state dict as start, got {shortened(start)}")
        state = {name: value.detach().cpu().clone() for name, value in given.items()}
        content = {name: [str(value.dtype), value.float().numpy()] for name, value in state.items()}
        return cls(base, fingerprint(content), state)

    @property
    def form(self) -> AnswerForm:
        """How the networks' answers are read: as those of the architecture."""
        return self.base.form if isinstance(self.base, Answering) else LOGITS

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A network with these weights; raises UserError where they do not fit it."""
        module: torch.nn.Module = self.base.build(shape, classes)
        if any(parameter.is_meta for parameter in module.parameters()):  # built to count its parameters
            return module
        from miaudit.training.as_logits import AsLogits

        try:
            (module.module if isinstance(module, AsLogits) else module).load_state_dict(self.state)
        except RuntimeError as error:
            raise UserError(f"the weights of `start` do not fit the model: {error}") from None
        return module
