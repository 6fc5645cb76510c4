"""Trains a network on probabilities instead of labels, as a student learns from its teachers."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from miaudit.arrays import Floats
from miaudit.seeds import generator
from miaudit.training.augment import augment, check_images
from miaudit.training.data import Records, Subset, Tick
from miaudit.training.fit import Course, Validation, build, in_layout, readable, seeded, train
from miaudit.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    import torch


def fit_soft(recipe: Hyperparameters, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
    """Train one network towards the probabilities that a subset wants, by their cross-entropy with its own.

    The cross-entropy with fixed probabilities has the gradient of their KL divergence. Otherwise this is the plain
    loop, with the same initial weights, order and augmentation for the same seed. No label is read or smoothed.

    Args:
        recipe: architecture and hyper-parameters.
        records: the records.
        subset: the rows to learn from, the probabilities that are wanted, and the seed.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.

    Raises:
        ValueError: the subset does not say what to learn.
    """
    if subset.wanted is None:
        raise ValueError("a student learns given probabilities, and the subset has none")
    check_images(recipe, records.shape)
    with seeded(subset.seed, device):
        module = build(recipe, records.shape, records.classes, device)
        course = Course(len(subset.rows), tick, subset.snapshots)
        validation = Validation(records, subset.validation, device)
        train(module, recipe, validation, course, partial(_epoch, module, recipe, records, subset, subset.wanted))
    module.eval()
    return module


def _epoch(
    module: "torch.nn.Module",
    recipe: Hyperparameters,
    records: Records,
    subset: Subset,
    probabilities: Floats,
    optimizer: "torch.optim.Optimizer",
    epoch: int,
) -> None:
    import torch
    from torch.nn.functional import cross_entropy

    device = next(module.parameters()).device
    x, wanted = readable(records.x), torch.from_numpy(probabilities.astype(np.float32))
    drawn = generator(subset.seed, "augmentation", epoch)
    order = generator(subset.seed, "epoch", epoch).permutation(len(subset.rows))
    for start in range(0, len(order), recipe.batch_size):
        batch = order[start : start + recipe.batch_size]
        images = x.index_select(0, torch.from_numpy(subset.rows[batch])).to(device)
        images = augment(images, recipe, drawn) if recipe.augments else images
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.in_bf16):
            logits = module(in_layout(images)).float()
        cross_entropy(logits, wanted[torch.from_numpy(batch)].to(device)).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
