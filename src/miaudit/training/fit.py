"""The plain training loop: the reference that every faster way is tested against."""

import contextlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.models.base import predict_logits
from miaudit.seeds import generator
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch

CODE_VERSION = "fit/1"  # raise it when a change here alters what is trained: old checkpoints then miss


def code_version() -> str:
    """Version of the training code, torch's among it, since its kernels decide the last bits."""
    import torch

    return f"{CODE_VERSION} torch/{torch.__version__.split('+')[0]}"


def fit(
    recipe: Recipe, x: Floats, y: Ints, rows: Ints, seed: int, classes: int, validation: Ints, device: str = "cpu"
) -> "torch.nn.Module":
    """Train one network on x[rows], y[rows]; x (N, ...) float32 stays where it is and is read by index.

    The model is a function of the arguments alone: initial weights and dropout are drawn from a forked torch
    generator seeded here, the order of records from one stream an epoch.
    """
    import torch

    with torch.random.fork_rng(devices=_cuda_devices(device)):
        torch.manual_seed(seed)
        module = build(recipe, x.shape[1:], classes, device)
        _train(module, recipe, _Resident(x, y, rows, device), seed, _Validation(x, y, validation, device))
    module.eval()
    return module


def build(recipe: Recipe, shape: tuple[int, ...], classes: int, device: str = "cpu") -> "torch.nn.Module":
    """An untrained network in the memory layout that it is trained and asked in: layouts differ in the last bits."""
    import torch

    module: torch.nn.Module = recipe.model.build(shape, classes).to(device)
    return module.to(memory_format=torch.channels_last) if len(shape) == 3 else module  # type: ignore[call-overload]


class _Resident:
    """The training records as tensors, one batch at a time by index."""

    def __init__(self, x: Floats, y: Ints, rows: Ints, device: str) -> None:
        import torch

        # Only the model's own rows move to the device: the full data may be shared by many processes.
        self.x = torch.from_numpy(np.ascontiguousarray(x[rows])).to(device)
        if self.x.ndim == 4:
            self.x = self.x.contiguous(memory_format=torch.channels_last)
        self.y = torch.from_numpy(y[rows].astype(np.int64)).to(device)

    def batches(self, size: int, rng: np.random.Generator) -> Iterator[tuple["torch.Tensor", "torch.Tensor"]]:
        import torch

        order = torch.from_numpy(rng.permutation(len(self.y))).to(self.y.device)
        for start in range(0, len(order), size):
            index = order[start : start + size]
            yield self.x.index_select(0, index), self.y.index_select(0, index)


class _Validation:
    """Accuracy on rows that are not trained on."""

    def __init__(self, x: Floats, y: Ints, rows: Ints, device: str) -> None:
        self.x, self.y, self.device = x[rows], y[rows], device

    def accuracy(self, module: "torch.nn.Module") -> float:
        logits = predict_logits(module, self.x, self.device)
        return float((logits.argmax(axis=1) == self.y).mean())


def _train(module: "torch.nn.Module", recipe: Recipe, records: _Resident, seed: int, validation: _Validation) -> None:
    import torch

    optimizer = make_optimizer(module, recipe)
    module.train()
    best, best_state = -1.0, None
    for epoch in range(recipe.epochs):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, epoch)
        for x, y in records.batches(recipe.batch_size, generator(seed, "epoch", epoch)):
            optimizer.zero_grad(set_to_none=True)
            with _precision(recipe, x.device.type):
                loss = torch.nn.functional.cross_entropy(module(x).float(), y, label_smoothing=recipe.label_smoothing)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        if recipe.early_stopping and len(validation.y):
            accuracy = validation.accuracy(module)
            if accuracy > best:
                best, best_state = accuracy, {k: v.clone() for k, v in module.state_dict().items()}
    if best_state is not None:
        module.load_state_dict(best_state)


def make_optimizer(module: "torch.nn.Module", recipe: Recipe) -> "torch.optim.Optimizer":
    """The recipe's optimizer in its fused form."""
    from torch import optim

    parameters = module.parameters()
    if recipe.optimizer == "sgd":
        return optim.SGD(
            parameters,
            lr=recipe.learning_rate,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
    chosen = optim.Adam if recipe.optimizer == "adam" else optim.AdamW
    return chosen(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True)


def learning_rate(recipe: Recipe, epoch: int) -> float:
    """The rate in an epoch (0-based): constant, or half a cosine from the full rate towards 0.

    >>> learning_rate(Recipe(model=None, schedule="cosine", epochs=2, learning_rate=1.0), 1)
    0.5
    """
    if recipe.schedule == "constant":
        return recipe.learning_rate
    return round(recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / recipe.epochs)), 15)


def _precision(recipe: Recipe, device_type: str) -> contextlib.AbstractContextManager[object]:
    import torch

    return torch.autocast(device_type, torch.bfloat16) if recipe.bf16 else contextlib.nullcontext()


def _cuda_devices(device: str) -> list[int]:
    import torch

    # Once CUDA runs, seeding for the CPU seeds its devices too.
    in_use = device.startswith("cuda") or torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return list(range(torch.cuda.device_count())) if in_use else []
