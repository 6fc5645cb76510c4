"""Target: a torch module."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Inputs
from miaudit.models.base import device_of, gives_tensor, precision_of, predict
from miaudit.module_inputs import is_module
from miaudit.targets._torch_records import dtype_that_fits
from miaudit.targets.base import AnsweringTarget, Guess
from miaudit.training.copying import is_private, unwrapped
from miaudit.training.fresh import check_fresh
from miaudit.training.like import Like, is_frozen
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch

UNDEFENDED = (
    ", without the differential privacy that it was trained with (for models with it, give "
    'defence="dp_sgd" and attacker="knows")'
)


@dataclass(frozen=True, eq=False)
class TorchModule(AnsweringTarget):
    """A module that answers with logits, probabilities or labels, whatever it is wrapped in and wherever it lies."""

    made_of: ClassVar[str] = "a torch module"
    extra: ClassVar[str] = "torch"
    refitted: ClassVar[str] = "its architecture, by the default recipe"
    rank: ClassVar[int] = 11  # before kinds that look for methods, which a module may have as well
    dtype: ClassVar[type] = np.float32

    module: "torch.nn.Module"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a torch module?"""
        return is_module(given)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the module, which may lie in wrappers such as that of `torch.compile`."""
        return cls(given)

    @property
    def inner(self) -> "torch.nn.Module":
        """The module without its wrappers."""
        return unwrapped(self.module)

    @property
    def description(self) -> str:
        """The module's class, its number of parameters, and what it gives."""
        parameters = sum(p.numel() for p in self.inner.parameters())
        return f"{type(self.inner).__name__} (torch, {parameters:,} parameters){self.described}"

    @property
    def name(self) -> str:
        """Name of the module's class, as messages give it."""
        return f"the {type(self.inner).__name__}"

    def dtype_for(self, x: Any) -> type:
        """Single precision, unless the records are whole numbers that the module takes as nothing else."""
        return dtype_that_fits(self.answers, x)

    def answers(self, x: Any) -> Floats:
        """Ask the module in evaluation mode, on the device of its parameters."""
        return predict(self.inner, x, device_of(self.inner))

    def holds(self, weights: Mapping[str, Any]) -> bool:
        """Are all trainable parameters those in the state dict?"""
        own = {name: value.detach().cpu() for name, value in self.inner.named_parameters() if value.requires_grad}
        return bool(own) and all(name in weights and value.equal(weights[name]) for name, value in own.items())

    def guess(self, x: Inputs, y: Ints) -> Guess | None:
        """The module's own architecture, trained by the default recipe; None if it gives nothing but labels.

        Raises:
            UserError: a copy of the module with fresh weights would keep something of its training.
        """
        like = self.architecture(x)
        if like is None:
            return None
        check_fresh(like, x, y)
        words = f"by the default recipe for the target's architecture{self._differences()}"
        return Guess(Recipe(model=like), words, UNDEFENDED if is_private(self.module) else "")

    def architecture(self, x: Inputs) -> Like | None:
        """The module's architecture, whose networks answer as the module does; None if it gives nothing but labels.

        Args:
            x: (m, ...) some records, which it is asked about.

        Raises:
            UserError: its layers cannot be drawn afresh.
        """
        form = self.form or self.found(x).form
        if form is None or form.labels_only:
            return None
        return Like.of(self.inner, form, gives_tensor(self.inner, x, device_of(self.inner)))

    def _differences(self) -> str:
        """How models of the same architecture differ from it, in words that follow the name of the recipe."""
        import torch

        module, words = self.inner, []
        if not is_frozen(module) and not all(value.requires_grad for value in module.parameters()):
            words.append("with its frozen layers as they are")
        if precision_of(module) in (torch.float16, torch.bfloat16):
            words.append("in single precision")
        return "".join(f", {text}" for text in words)
