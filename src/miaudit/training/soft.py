"""Trains a network on probabilities instead of labels, as a student learns from its teachers."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.seeds import generator
from miaudit.training.augment import augment, check_images
from miaudit.training.data import Records, Tick
from miaudit.training.fit import Course, Validation, build, cuda_devices, in_layout, readable, train
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.snapshots import Snapshots

if TYPE_CHECKING:
    import torch


class Lessons(NamedTuple):
    """The rows that a student learns from, the probabilities that it should give, and what keeps its training."""

    rows: Ints  # (n,)
    probabilities: Floats  # (n, C), wanted for each row
    seed: int
    validation: Ints  # rows for early stopping
    snapshots: Snapshots | None = None  # None if nobody keeps its state


def fit_soft(recipe: Hyperparameters, records: Records, lessons: Lessons, device: str, tick: Tick) -> "torch.nn.Module":
    """Train one network towards given probabilities, by their cross-entropy with its own.

    The cross-entropy with fixed probabilities has the gradient of their KL divergence. Otherwise this is the plain
    loop, with the same initial weights, order and augmentation for the same seed. No label is read or smoothed.

    Args:
        recipe: architecture and hyper-parameters.
        records: the records.
        lessons: the rows to learn from, and the probabilities that are wanted.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.
    """
    import torch

    shape = records.x.shape[1:]
    check_images(recipe, shape)
    with torch.random.fork_rng(devices=cuda_devices(device)):
        torch.manual_seed(lessons.seed)
        module = build(recipe, shape, records.classes, device)
        course = Course(len(lessons.rows), tick, lessons.snapshots)
        validation = Validation(records.x, records.y, lessons.validation, device)
        train(module, recipe, validation, course, partial(_epoch, module, recipe, records, lessons))
    module.eval()
    return module


def _epoch(
    module: "torch.nn.Module",
    recipe: Hyperparameters,
    records: Records,
    lessons: Lessons,
    optimizer: "torch.optim.Optimizer",
    epoch: int,
) -> None:
    import torch
    from torch.nn.functional import cross_entropy

    device = next(module.parameters()).device
    x, wanted = readable(records.x), torch.from_numpy(lessons.probabilities.astype(np.float32))
    drawn = generator(lessons.seed, "augmentation", epoch)
    order = generator(lessons.seed, "epoch", epoch).permutation(len(lessons.rows))
    for start in range(0, len(order), recipe.batch_size):
        batch = order[start : start + recipe.batch_size]
        images = x.index_select(0, torch.from_numpy(lessons.rows[batch])).to(device)
        images = augment(images, recipe, drawn) if recipe.augments else images
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.in_bf16):
            logits = module(in_layout(images)).float()
        cross_entropy(logits, wanted[torch.from_numpy(batch)].to(device)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
