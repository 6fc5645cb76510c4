"""The optimizers of recipes (torch's own in their fused form) and the learning rate of each epoch."""

import inspect
import math
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from miaudit.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    import torch

ADAM = ("step", "exp_avg", "exp_avg_sq")
REMEMBERED = {"SGD": ("momentum_buffer",), "Adam": ADAM, "AdamW": ADAM}  # of each parameter, as torch calls it


def make_optimizer(
    parameters: "Iterable[torch.Tensor]", recipe: Hyperparameters, rate: "torch.Tensor | None" = None
) -> "torch.optim.Optimizer":
    """The optimizer that a recipe asks for.

    Args:
        parameters: what is trained.
        recipe: kind and options of the optimizer.
        rate: a tensor () on the device that holds the learning rate at any time, where steps are recorded; else None.
    """
    from torch import optim

    lr = recipe.learning_rate if rate is None else rate
    if recipe.optimizer == "sgd":
        sgd: optim.Optimizer = _light(optim.SGD)(
            parameters,
            lr=lr,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            fused=True,
        )
        return sgd
    kind = optim.Adam if recipe.optimizer == "adam" else optim.AdamW
    recorded = rate is not None and rate.is_cuda
    adam: optim.Optimizer = _light(kind)(
        parameters, lr=lr, weight_decay=recipe.weight_decay, fused=True, capturable=recorded
    )
    return adam


@cache
def _light(kind: Any) -> Any:
    """The optimizer without its guards for torch.compile, which import the compiler: a second in every process."""
    import torch

    methods = {
        "add_param_group": inspect.unwrap(kind.add_param_group),
        "zero_grad": inspect.unwrap(kind.zero_grad),
        "step": torch.no_grad()(inspect.unwrap(kind.step)),
    }
    return type(kind.__name__, (kind,), methods)


def memory_of(optimizer: "torch.optim.Optimizer") -> "dict[str, torch.Tensor]":
    """What an optimizer remembers of earlier steps, by the place of the parameter and torch's name for it."""
    return {
        f"{place}.{name}": value
        for place, parameter in _places(optimizer)
        for name, value in optimizer.state.get(parameter, {}).items()
        if value is not None
    }


def make_memory(optimizer: "torch.optim.Optimizer", places: Collection[str]) -> None:
    """Give an optimizer something to remember of the parameters at these places, where it remembers nothing yet."""
    import torch

    for place, parameter in _places(optimizer):
        if place in places and not optimizer.state.get(parameter):
            optimizer.state[parameter] = {
                name: torch.zeros((), device=parameter.device) if name == "step" else torch.zeros_like(parameter)
                for name in REMEMBERED[type(optimizer).__name__]
            }


def _places(optimizer: "torch.optim.Optimizer") -> "Iterator[tuple[str, torch.Tensor]]":
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    return ((str(place), parameter) for place, parameter in enumerate(parameters))


def set_rate(optimizer: "torch.optim.Optimizer", rate: float) -> None:
    """Give the optimizer the learning rate of an epoch."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def learning_rate(recipe: Hyperparameters, epoch: int) -> float:
    """The rate in an epoch (0-based): constant, half a cosine from the full rate towards 0, or falling at milestones.

    >>> learning_rate(Hyperparameters(model=None, schedule="cosine", epochs=2, learning_rate=1.0), 1)
    0.5
    >>> learning_rate(Hyperparameters(model=None, schedule="step", milestones=(3,), gamma=0.5, learning_rate=1.0), 3)
    0.5
    """
    if recipe.schedule == "step":
        return recipe.learning_rate * recipe.gamma ** sum(epoch >= milestone for milestone in recipe.milestones)
    if recipe.schedule == "cosine":
        return round(recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * epoch / recipe.epochs)), 15)
    return recipe.learning_rate
