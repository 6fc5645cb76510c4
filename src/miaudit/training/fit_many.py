"""Training of many small networks at once: the plain loop's mathematics on stacked matrices.

Equal to the plain loop but for the last bits, and to itself bit for bit whatever else is in the stack.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.seeds import generator
from miaudit.training.data import Records, Subset, Tick, untold
from miaudit.training.fit import Validation, build, readable, seeded
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.optimizers import learning_rate, make_optimizer, set_rate
from miaudit.training.stack import Stack, steps_of

if TYPE_CHECKING:
    import torch

# Raise it when a change here, in stack.py, optimizers.py or models/mlp.py alters what is trained.
CODE_VERSION = "stack/1"


def fit_many(
    recipe: Hyperparameters,
    records: Records,
    subsets: Sequence[Subset],
    device: str = "cpu",
    tick: Tick = untold,
) -> "list[torch.nn.Module]":
    """Train one network on each subset, all at once; `way(recipe, ...)` must be `stack`.

    Each network is a function of its own subset alone. On CUDA the records move to the device once. Networks learn
    the labels, or the probabilities that come with their rows.

    Args:
        recipe: architecture and hyper-parameters.
        records: all records, an array (N, ...) in memory.
        subsets: rows and seed of each network, and what it learns in place of the labels, if all have that.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.
    """
    modules = [_initial(recipe, records, subset.seed, device) for subset in subsets]
    steps = steps_of(modules[0])
    if steps is None:
        raise ValueError(f"{recipe.model} cannot be stacked")
    # The longest first: those that have a batch left are then always the first ones.
    order = sorted(range(len(subsets)), key=lambda k: -len(subsets[k].rows))
    stack = Stack([modules[k] for k in order], steps, recipe.in_bf16)
    _Training(recipe, records, [subsets[k] for k in order], stack, device).run(tick)
    for k, module in enumerate(stack.modules):
        stack.write_back(k)
        module.eval()
    return modules


def _initial(recipe: Hyperparameters, records: Records, seed: int, device: str) -> "torch.nn.Module":
    """The network that the plain loop starts from."""
    with seeded(seed, device):
        return build(recipe, records.shape, records.classes, device)


class _Batch(NamedTuple):
    x: "torch.Tensor"  # (A, B, features)
    wanted: "torch.Tensor"  # (A * B, C) probabilities
    weights: "torch.Tensor"  # (A, B), 1 / records in the network's batch, 0 for rows that only fill up the block


class _Wanted(NamedTuple):
    """The probabilities to learn, and which of them each row of a network is to give."""

    table: "torch.Tensor"  # (T, C)
    places: list[Ints]  # (n,) in the table, for each network

    @classmethod
    def of_labels(cls, subsets: Sequence[Subset], y: Ints, classes: int, smoothing: float) -> Self:
        """One row of the table for each class."""
        import torch

        table = (1 - smoothing) * torch.eye(classes) + smoothing / classes
        return cls(table, [y[subset.rows].astype(np.int64) for subset in subsets])

    @classmethod
    def given(cls, wanted: Sequence[Floats]) -> Self:
        """One row of the table for each row of each network."""
        import torch

        ends = np.cumsum([len(each) for each in wanted])
        table = torch.from_numpy(np.concatenate(wanted).astype(np.float32))
        return cls(table, [np.arange(end - len(each), end) for each, end in zip(wanted, ends, strict=True)])


class _Training:
    """The loop over epochs and batches."""

    def __init__(
        self,
        recipe: Hyperparameters,
        records: Records,
        subsets: Sequence[Subset],
        stack: Stack,
        device: str,
    ) -> None:
        x, y, classes = records
        self.recipe, self.subsets, self.stack, self.device = recipe, subsets, stack, device
        self.x = readable(x.reshape(len(x), -1)).to(device)
        given = [subset.wanted for subset in subsets if subset.wanted is not None]
        wanted = _Wanted.given(given) if given else _Wanted.of_labels(subsets, y, classes, recipe.label_smoothing)
        self.wanted, self.places = wanted.table.to(device), wanted.places
        self.sizes = np.array([len(subset.rows) for subset in subsets])
        self.validation = [Validation(records, subset.validation, device) for subset in subsets]
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

        return torch.softmax(logits, dim=2).sub_(batch.wanted.view_as(logits)).mul_(batch.weights.unsqueeze(2))

    def _keep_best(self, best: list[float], kept: "torch.Tensor") -> None:
        for k, validation in enumerate(self.validation):
            accuracy = validation.accuracy(self.stack.write_back(k)) if len(validation.y) else np.inf
            if accuracy > best[k] or not len(validation.y):
                best[k] = accuracy
                kept[k] = self.stack.rows[k]

    def _batches(self, epoch: int) -> Iterator[_Batch]:
        size = self.recipe.batch_size
        width = self.stack.batch_rows(size)
        rows, places, weights = self._order(epoch, size, width)
        for step in range(rows.shape[1]):
            active = int((self.sizes > step * size).sum())
            x = self.x.index_select(0, rows[:active, step].reshape(-1)).view(active, width, -1)
            wanted = self.wanted.index_select(0, places[:active, step].reshape(-1))
            yield _Batch(x, wanted, weights[:active, step])

    def _order(self, epoch: int, size: int, width: int) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
        """Rows of the data and of what is wanted (K, steps, B), in the order of an epoch, and the rows' weights."""
        import torch

        steps = -(-int(self.sizes.max(initial=0)) // size)
        order = np.zeros((len(self.subsets), steps * size), dtype=np.int64)
        weights = np.zeros((len(self.subsets), steps * size), dtype=np.float32)
        for k, subset in enumerate(self.subsets):
            n = len(subset.rows)
            order[k, :n] = generator(subset.seed, "epoch", epoch).permutation(n)
            last = n // size * size
            weights[k, :last], weights[k, last:n] = 1 / size, 1 / max(n - last, 1)
        shape, fill = (len(self.subsets), steps, size), ((0, 0), (0, 0), (0, width - size))
        order, weights = np.pad(order.reshape(shape), fill, mode="edge"), np.pad(weights.reshape(shape), fill)
        rows = np.stack([subset.rows[own] for subset, own in zip(self.subsets, order, strict=True)])
        places = np.stack([all_of[own] for all_of, own in zip(self.places, order, strict=True)])
        return (
            torch.from_numpy(rows).to(self.device),
            torch.from_numpy(places).to(self.device),
            torch.from_numpy(weights).to(self.device),
        )
