"""What only the owner of a network sees of a record: gradients of its loss, and the answer after a step up them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints

if TYPE_CHECKING:
    import torch

STEP = 0.1  # length of the ascent step, in the space of all weights
TINY = 1e-30  # norms below it are read as this


class WhiteBox(NamedTuple):
    """Signals (n,) of one network, all the higher the likelier a member."""

    gradient: Floats  # minus the log norm of the loss's gradient by all weights
    last_layer: Floats  # the same by the weights of the last layer alone
    ascended: Floats  # log odds of the label after a step up the record's own gradient


class Layer(NamedTuple):
    """What a record's gradient by the weights of a linear layer is made of: the product of both."""

    inputs: "torch.Tensor"  # (n, inputs)
    errors: "torch.Tensor"  # (n, outputs) gradient of the loss by the layer's outputs

    @property
    def squares(self) -> "torch.Tensor":
        """Squared norm (n,) of the gradient by weights and bias."""
        return self.errors.square().sum(1) * (self.inputs.square().sum(1) + 1)


def white_box(module: "torch.nn.Module", x: Floats, y: Ints) -> WhiteBox:
    """The signals of records x (n, ...) with labels y (n,), in double precision.

    The network is a chain of linear layers and activations. A record's gradient by such a layer's weights is an outer
    product, so its norm and a step along it need no gradient of their own.
    """
    import torch

    module = module.double()
    images, labels = torch.from_numpy(x).double(), torch.from_numpy(y.astype(np.int64))
    layers = _layers(module, images, labels)
    squares = torch.stack([layer.squares for layer in layers])
    norm, last = squares.sum(0).sqrt().clamp_min(TINY), squares[-1].sqrt().clamp_min(TINY)
    with torch.no_grad():
        after = _after_step(module, images, layers, STEP / norm)
    own = after.gather(1, labels.unsqueeze(1)).squeeze(1)
    odds = own - after.scatter(1, labels.unsqueeze(1), -torch.inf).logsumexp(1)
    return WhiteBox(-norm.log().numpy(), -last.log().numpy(), odds.numpy())


def _layers(module: "torch.nn.Module", x: "torch.Tensor", y: "torch.Tensor") -> list[Layer]:
    import torch
    from torch.nn.functional import cross_entropy

    inputs, outputs = [], []
    for part in module.children():
        if isinstance(part, torch.nn.Linear):
            inputs.append(x.detach())
            outputs.append(x := part(x))
        else:
            x = part(x)
    errors = torch.autograd.grad(cross_entropy(x, y, reduction="sum"), outputs)
    return [Layer(*pair) for pair in zip(inputs, errors, strict=True)]


def _after_step(
    module: "torch.nn.Module", x: "torch.Tensor", layers: Sequence[Layer], length: "torch.Tensor"
) -> "torch.Tensor":
    """Logits (n, C), each record's from weights that were moved along its own gradient by a multiple (n,) of it."""
    import torch

    remaining = iter(layers)
    for part in module.children():
        if isinstance(part, torch.nn.Linear):
            layer = next(remaining)
            along = length * ((layer.inputs * x).sum(1) + 1)
            x = part(x) + along.unsqueeze(1) * layer.errors
        else:
            x = part(x)
    return x
