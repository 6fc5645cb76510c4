"""Checks that a module can be trained afresh: nothing from its training may survive re-initialisation."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.models.base import said_about
from miaudit.module_inputs import tensors_of
from miaudit.training.copying import copied
from miaudit.training.like import Like, is_trained

if TYPE_CHECKING:
    import torch

RECORDS = 256  # members that untrained copies are asked about
COPIES = 10  # one untrained copy may beat the most frequent class by luck, but not ten of ten


def check_fresh(like: Like, x: Any, y: Ints) -> None:
    """Raise UserError if copies of the module with fresh weights keep something of its training.

    A trainable parameter that re-initialisation leaves alone has survived. So has such a buffer or frozen parameter, if
    a pass in training mode changes it. If the pass does not, it may be a constant, such as a positional encoding;
    untrained copies must then do no better than chance on the members.

    Args:
        like: the trained model.
        x: (n, ...) some of its training records, two or more.
        y: (n,) their labels.
    """
    import torch

    module = like.module
    x, y = tensors_of(x[:RECORDS]), np.asarray(y[:RECORDS])
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        kept = _kept(like)
        trained = {name for name, value in module.named_parameters() if is_trained(module, value)} & kept
        survivors = sorted(trained | (kept & _changed_by_training(like, x)))
        if not survivors and _knows(like, x, y):
            held = sorted(kept | _plain_tensors(module))
            survivors = held or ["an attribute that is neither a parameter nor a buffer"]
    if survivors:
        raise UserError(
            f"reference models need fresh weights, but re-initialising the target leaves trained state in "
            f"{', '.join(survivors[:8])}: draw it afresh in reset_parameters() of the layer that holds it, or give "
            "`recipe=` with one of miaudit's models"
        )


def _state(module: "torch.nn.Module") -> dict[str, "torch.Tensor"]:
    """Floating-point parameters and buffers, including those outside the state_dict."""
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    return {name: value for name, value in tensors.items() if value.is_floating_point() and value.numel()}


def _kept(like: Like) -> set[str]:
    """Names of tensors that re-initialising does not write to."""
    import torch

    marked = copied(like.module)
    for value in _state(marked).values():
        value.fill_(torch.nan)
    unwritten = _state(_built(replace(like, module=marked), 0))
    fresh, trained = _state(_built(like, 0)), _state(like.module)
    # A layer may copy its weights from others: whatever differs from the target's is fresh all the same.
    return {
        name
        for name in unwritten
        if unwritten[name].isnan().any() and fresh[name].equal(trained[name].cpu().to(fresh[name].dtype))
    }


def _changed_by_training(like: Like, x: Any) -> set[str]:
    """Names of tensors that a pass in training mode changes: running statistics, memories."""
    module = _built(like, 0)
    before = {name: value.clone() for name, value in _state(module).items()}
    said_about(module, x)
    return {name for name, value in _state(module).items() if not value.equal(before[name])}


def _knows(like: Like, x: Any, y: Ints) -> bool:
    """Is every untrained copy right about more records than chance allows?"""
    share = np.bincount(y).max() / len(y)
    chance = share + 4 * np.sqrt(share * (1 - share) / len(y))
    return all(_accuracy(like, seed, x, y) > chance for seed in range(COPIES))


def _accuracy(like: Like, seed: int, x: Any, y: Ints) -> float:
    import torch

    torch.manual_seed(seed)
    called = said_about(like.build((), 0).eval(), x).argmax(dim=1).numpy()
    return float((called == y).mean())


def _built(like: Like, seed: int) -> "torch.nn.Module":
    import torch

    torch.manual_seed(seed)
    return like.fresh()


def _plain_tensors(module: "torch.nn.Module") -> set[str]:
    """Names of tensors that are plain attributes of a layer."""
    import torch

    return {
        f"{name}.{key}".lstrip(".")
        for name, part in module.named_modules()
        for key, value in vars(part).items()
        if isinstance(value, torch.Tensor)
    }
