"""K networks of the same linear and element-wise layers, computed at once by batched matrix products.

Every network's block of every array starts at a multiple of 64 bytes: matrix kernels choose by alignment how they
sum, and a network's bits must not depend on its place in the stack.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import torch

ALIGNMENT = 64  # bytes


class Step(NamedTuple):
    """A layer: a linear one with its sizes, or an activation."""

    kind: Literal["linear", "relu", "tanh"]
    inputs: int = 0
    outputs: int = 0
    bias: bool = False

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Shapes of weights and biases as matrices, in the order of `module.parameters()`."""
        if self.kind != "linear":
            return ()
        weights = (self.outputs, self.inputs)
        return (weights, (1, self.outputs)) if self.bias else (weights,)


def steps_of(module: "torch.nn.Module") -> tuple[Step, ...] | None:
    """The layers of a network that can be stacked, None where it cannot.

    It must be a plain `nn.Sequential` of Flatten, Linear, ReLU and Tanh: no hooks, no layer used twice, no frozen
    weights, no two activations in a row, and no layer of one unit, whose matrix product is computed otherwise in a
    stack of one.
    """
    parts = _parts(module)
    if parts is None or len(set(map(id, parts))) < len(parts) or not all(map(_is_free, parts)):
        return None
    steps = [_step(part) for part in parts if type(part).__name__ not in ("Flatten", "Identity")]
    linear = [step for step in steps if step.kind == "linear"]
    fits = all(before.outputs == after.inputs for before, after in pairwise(linear))
    # An activation overwrites its input, which must not be another one's output.
    apart = all("linear" in (before.kind, after.kind) for before, after in pairwise(steps))
    if not linear or not fits or not apart or min(step.outputs for step in linear) < 2:
        return None
    return tuple(steps)


def _parts(module: "torch.nn.Module") -> "list[torch.nn.Module] | None":
    from torch import nn

    if type(module) is not nn.Sequential or module._forward_hooks or module._forward_pre_hooks:
        return None
    parts: list[nn.Module] = []
    for child in module:  # children() would tell a layer that is used twice once
        inner = _parts(child) if type(child) is nn.Sequential else [child]
        if inner is None:
            return None
        parts += inner
    known = (nn.Flatten, nn.Identity, nn.Linear, nn.ReLU, nn.Tanh)
    return parts if all(type(part) in known for part in parts) else None


def _is_free(part: "torch.nn.Module") -> bool:
    import torch

    hooks = (part._forward_hooks, part._forward_pre_hooks, part._backward_hooks, part._backward_pre_hooks)
    plain = all(p.requires_grad and p.dtype == torch.float32 for p in part.parameters())
    flat = type(part) is not torch.nn.Flatten or (part.start_dim, part.end_dim) == (1, -1)
    return plain and flat and not any(hooks)


def _step(part: "torch.nn.Module") -> Step:
    from torch import nn

    if isinstance(part, nn.Linear):
        return Step("linear", part.in_features, part.out_features, part.bias is not None)
    return Step("relu" if isinstance(part, nn.ReLU) else "tanh")


class Stack:
    """Parameters (K, P) of K networks, one per row, and their gradients (K, P).

    A batch may be for the first A networks alone; the length of a pass says how many.
    """

    def __init__(self, modules: "Sequence[torch.nn.Module]", steps: tuple[Step, ...], bf16: bool) -> None:
        import torch

        self.modules, self.steps = modules, steps
        self.type = torch.bfloat16 if bf16 else torch.float32
        self.places = self._places()
        device = next(modules[0].parameters()).device
        self.rows = torch.zeros(len(modules), self._up(self.places[-1][1]), device=device)
        self.gradients = torch.zeros_like(self.rows)
        # What is computed with: copies in the lower precision, or the same memory.
        self._low_rows, self._low_gradients = (t.to(self.type) for t in (self.rows, self.gradients))
        self._matrices_of: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}
        self._values: list[torch.Tensor] = []  # the records and the output of each step in the last forward pass
        for k, module in enumerate(modules):
            for (start, end), parameter in zip(self.places, module.parameters(), strict=True):
                self.rows[k, start:end] = parameter.detach().reshape(-1)

    def batch_rows(self, batch_size: int) -> int:
        """Rows that a batch takes for each network, of which the last ones may stay empty."""
        return self._up(batch_size)

    def write_back(self, k: int) -> "torch.nn.Module":
        """The k-th network with the parameters of its row."""
        import torch

        with torch.no_grad():
            for (start, end), parameter in zip(self.places, self.modules[k].parameters(), strict=True):
                parameter.copy_(self.rows[k, start:end].view_as(parameter))
        return self.modules[k]

    def forward(self, x: "torch.Tensor") -> "torch.Tensor":
        """Logits (A, B, C), float32, of records (A, B, features), which may be overwritten."""
        import torch

        if self._low_rows is not self.rows:
            self._low_rows.copy_(self.rows)
        self._values = [x.to(self.type)]
        weights = iter(self._matrices(len(x))[0])
        for step in self.steps:
            x = self._values[-1]
            if step.kind == "linear":
                weight = next(weights).transpose(1, 2)
                x = torch.baddbmm(next(weights), x, weight) if step.bias else torch.bmm(x, weight)
            else:
                x = torch.relu_(x) if step.kind == "relu" else torch.tanh_(x)
            self._values.append(x)
        return self._values[-1].float()

    def backward(self, gradient: "torch.Tensor") -> None:
        """Fill the gradients of A networks from that by the logits (A, B, C), which is overwritten."""
        import torch

        active = len(gradient)
        weights, targets = (iter(reversed(matrices)) for matrices in self._matrices(active))
        gradient = gradient.to(self.type)
        for i, step in reversed(list(enumerate(self.steps))):
            before, after = self._values[i], self._values[i + 1]
            if step.kind == "relu":
                torch.ops.aten.threshold_backward.grad_input(gradient, after, 0, grad_input=gradient)
            elif step.kind == "tanh":
                torch.ops.aten.tanh_backward.grad_input(gradient, after, grad_input=gradient)
            else:
                if step.bias:
                    next(weights)
                    torch.sum(gradient, 1, keepdim=True, out=next(targets))
                torch.bmm(gradient.transpose(1, 2), before, out=next(targets))
                weight = next(weights)
                gradient = torch.bmm(gradient, weight) if i else gradient
        if self._low_gradients is not self.gradients:
            self.gradients[:active].copy_(self._low_gradients[:active])

    def _matrices(self, active: int) -> "tuple[list[torch.Tensor], list[torch.Tensor]]":
        """Parameters and gradients of A networks, each (A, height, width), in the order of `places`."""
        if active not in self._matrices_of:
            views = self._views(self._low_rows[:active]), self._views(self._low_gradients[:active])
            self._matrices_of[active] = views
        return self._matrices_of[active]

    def _views(self, rows: "torch.Tensor") -> "list[torch.Tensor]":
        shapes = [shape for step in self.steps for shape in step.shapes]
        return [
            rows[:, start:end].view(len(rows), *shape) for (start, end), shape in zip(self.places, shapes, strict=True)
        ]

    def _places(self) -> list[tuple[int, int]]:
        """Begin and end of each parameter in a row."""
        places, start = [], 0
        for height, width in [shape for step in self.steps for shape in step.shapes]:
            places.append((start, start + height * width))
            start = self._up(start + height * width)
        return places

    def _up(self, count: int) -> int:
        """The next multiple of ALIGNMENT, counted in numbers and not in bytes."""
        unit = ALIGNMENT // self.type.itemsize
        return -(-count // unit) * unit
