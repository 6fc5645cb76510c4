"""Model `like`: the architecture of a module at hand, with fresh weights."""

import copy
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Like:
    """A copy of a module, re-initialised; named by its structure and by the source of its classes."""

    structure: str  # repr of the module, with the shapes of its parameters
    source: str  # fingerprint of the source of every class that is not torch's own
    module: "torch.nn.Module" = field(compare=False, repr=False)

    @classmethod
    def of(cls, module: "torch.nn.Module") -> "Like":
        """Describe a module; raises UserError where it has parameters that cannot be drawn afresh."""
        for name, part in module.named_modules():
            own = [p for p, _ in part.named_parameters(recurse=False)]
            if own and not hasattr(part, "reset_parameters"):
                raise UserError(
                    f"layer {name or type(part).__name__!r} has parameters {own} but no reset_parameters(): "
                    "shadow models need fresh weights; add that method, or give `recipe=` with one of miaudit's models"
                )
        shapes = {name: list(value.shape) for name, value in module.state_dict().items()}
        types = {type(part) for part in module.modules() if not type(part).__module__.startswith("torch.")}
        return cls(f"{module} {shapes}", fingerprint(sorted(_source(kind) for kind in types)), module)

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A copy with fresh weights; shape and classes are those of the original."""
        del shape, classes
        module = copy.deepcopy(self.module).cpu()
        for part in module.modules():
            reset = getattr(part, "reset_parameters", None)
            if callable(reset):
                reset()
        return module.train()


def _source(kind: type) -> str:
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError) as error:
        raise UserError(
            f"the source of {kind.__name__} cannot be read, so its models could not be told from older ones: "
            "define the class in a file"
        ) from error
