"""Training of many small networks at once: the plain loop's mathematics on stacked matrices.

Equal to the plain loop but for the last bits, and to itself bit for bit whatever else is in the stack.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.seeds import generator
from miaudit.training.data import Subset, Tick, untold
from miaudit.training.fit import Validation, build, cuda_devices, readable
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.optimizers import learning_rate, make_optimizer, set_rate
from miaudit.training.stack import Stack, steps_of

if TYPE_CHECKING:
    import torch

# Raise it when a change here, in stack.py, optimizers.py or models/mlp.py alters what is trained.
CODE_VERSION = "stack/1"


def fit_many(
    recipe: Hyperparameters,
    x: Floats,
    y: Ints,
    subsets: Sequence[Subset],
    classes: int,
    device: str = "cpu",
    tick: Tick = untold,
) -> "list[torch.nn.Module]":
    """Train one network on each subset, all at once; `way(recipe, ...)` must be `stack`.

    Each network is a function of its own subset alone. On CUDA the records move to the device
    once.

    Args:
        recipe: architecture and hyper-parameters.
        x: records (N, ...), float32.
        y: labels (N,).
        subsets: rows and seed of each network.
        classes: number of classes.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.
    """
    modules = [_initial(recipe, x.shape[1:], classes, subset.seed, device) for subset in subsets]
    steps = steps_of(modules[0])
    if steps is None:
        raise ValueError(f"{recipe.model} cannot be stacked")
    # The longest first: those that have a batch left are then always the first ones.
    order = sorted(range(len(subsets)), key=lambda k: -len(subsets[k].rows))
    stack = Stack([modules[k] for k in order], steps, recipe.in_bf16)
    _Training(recipe, x, y, [subsets[k] for k in order], classes, stack, device).run(tick)
    for k, module in enumerate(stack.modules):
        stack.write_back(k)
        module.eval()
    return modules


def _initial(
    recipe: Hyperparameters, shape: tuple[int, ...], classes: int, seed: int, device: str
) -> "torch.nn.Module":
    """The network that the plain loop starts from."""
    import torch

    with torch.random.fork_rng(devices=cuda_devices(device)):
        torch.manual_seed(seed)
        return build(recipe, shape, classes, device)


class _Batch(NamedTuple):
    x: "torch.Tensor"  # (A, B, features)
    y: "torch.Tensor"  # (A * B,)
    weights: "torch.Tensor"  # (A, B), 1 / records in the network's batch, 0 for rows that only fill up the block


class _Training:
    """The loop over epochs and batches."""

    def __init__(
        self,
        recipe: Hyperparameters,
        x: Floats,
        y: Ints,
        subsets: Sequence[Subset],
        classes: int,
        stack: Stack,
        device: str,
    ) -> None:
        import torch

        self.recipe, self.subsets, self.stack, self.device = recipe, subsets, stack, device
        self.x = readable(x.reshape(len(x), -1)).to(device)
        self.y = torch.from_numpy(y.astype(np.int64)).to(device)
        smoothing = recipe.label_smoothing
        # The probabilities (C, C) that are wanted for a record of each class.
        self.wanted = (1 - smoothing) * torch.eye(classes, device=device) + smoothing / classes
        self.sizes = np.array([len(subset.rows) for subset in subsets])
        self.validation = [Validation(x, y, subset.validation, device) for subset in subsets]
        # Networks of equally many batches are one parameter to the optimizer. It passes over parameters without a
        # gradient: those that have no batch left stand still.
        steps = -(-self.sizes // recipe.batch_size)
        self.ends = [int(end) for end in np.flatnonzero(np.diff(steps, append=-1)) + 1]
        self.parameters = [stack.rows[start:end] for start, end in pairwise([0, *self.ends])]
        self.gradients = [stack.gradients[start:end] for start, end in pairwise([0, *self.ends])]
        self.optimizer = make_optimizer(self.parameters, recipe)

    def run(self, tick: Tick) -> None:
        best = [-1.0] * len(self.subsets)
        kept = self.stack.rows.clone() if self.recipe.early_stopping else self.stack.rows
        for epoch in range(self.recipe.epochs):
            set_rate(self.optimizer, learning_rate(self.recipe, epoch))
            for batch in self._batches(epoch):
                self._step(batch)
            tick(int(self.sizes.sum()))
            if self.recipe.early_stopping:
                self._keep_best(best, kept)
        self.stack.rows.copy_(kept)

    def _step(self, batch: _Batch) -> None:
        active = len(batch.x)
        self.stack.backward(self._loss_gradient(self.stack.forward(batch.x), batch))
        for parameter, own, end in zip(self.parameters, self.gradients, self.ends, strict=True):
            parameter.grad = own if end <= active else None
        self.optimizer.step()

    def _loss_gradient(self, logits: "torch.Tensor", batch: _Batch) -> "torch.Tensor":
        """Gradient of each network's mean cross-entropy by its logits (A, B, C)."""
        import torch

        wanted = self.wanted.index_select(0, batch.y).view_as(logits)
        return torch.softmax(logits, dim=2).sub_(wanted).mul_(batch.weights.unsqueeze(2))

    def _keep_best(self, best: list[float], kept: "torch.Tensor") -> None:
        for k, validation in enumerate(self.validation):
            accuracy = validation.accuracy(self.stack.write_back(k)) if len(validation.y) else np.inf
            if accuracy > best[k] or not len(validation.y):
                best[k] = accuracy
                kept[k] = self.stack.rows[k]

    def _batches(self, epoch: int) -> Iterator[_Batch]:
        size = self.recipe.batch_size
        width = self.stack.batch_rows(size)
        index, weights = self._order(epoch, size, width)
        for step in range(index.shape[1]):
            active = int((self.sizes > step * size).sum())
            chosen = index[:active, step].reshape(-1)
            x = self.x.index_select(0, chosen).view(active, width, -1)
            yield _Batch(x, self.y.index_select(0, chosen), weights[:active, step])

    def _order(self, epoch: int, size: int, width: int) -> "tuple[torch.Tensor, torch.Tensor]":
        """Rows of the data (K, steps, B) in the order of an epoch, and their weights."""
        import torch

        steps = -(-int(self.sizes.max(initial=0)) // size)
        index = np.zeros((len(self.subsets), steps * size), dtype=np.int64)
        weights = np.zeros((len(self.subsets), steps * size), dtype=np.float32)
        for k, subset in enumerate(self.subsets):
            n = len(subset.rows)
            index[k, :n] = subset.rows[generator(subset.seed, "epoch", epoch).permutation(n)]
            index[k, n:] = subset.rows[:1]
            last = n // size * size
            weights[k, :last], weights[k, last:n] = 1 / size, 1 / max(n - last, 1)
        shape, fill = (len(self.subsets), steps, size), ((0, 0), (0, 0), (0, width - size))
        index, weights = np.pad(index.reshape(shape), fill, mode="edge"), np.pad(weights.reshape(shape), fill)
        return torch.from_numpy(index).to(self.device), torch.from_numpy(weights).to(self.device)
