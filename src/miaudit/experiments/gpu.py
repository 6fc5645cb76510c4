"""Forecasts how long a row would take on a GPU, from the operations that its models need."""

from functools import cache

from miaudit.auditing.plan import Plan
from miaudit.errors import UserError
from miaudit.models.base import Architecture
from miaudit.running.work import Work

RATE = 1e13  # operations per second that training sustains on one GPU: an assumption, for a mid-range card
PASSES = 3  # a training step takes the operations of about three forward passes


def has_gpu() -> bool:
    """Is there a CUDA device?"""
    import torch

    return torch.cuda.is_available()


def gpu_seconds(plan: Plan) -> float:
    """Seconds for all models of a plan at 10 TFLOP/s.

    Training takes three passes over each record of an epoch (forward and backward), validation one; then all records
    are asked.

    Raises:
        UserError: a recipe trains no network.
    """
    return sum(_operations(work, plan.data.x.shape[1:], plan.data.classes) for work in plan.works) / RATE


def _operations(work: Work, shape: tuple[int, ...], classes: int) -> float:
    job, recipe = work.job, work.job.recipe
    network = recipe.network
    if network is None:
        raise UserError(f"the GPU time of a {recipe.title} cannot be forecast: expected a recipe with a `model`")
    trained_on = recipe.samples(len(job.rows), len(job.unlabelled))
    samples = PASSES * trained_on + network.epochs * len(job.validation) + len(work.query)
    return float(samples) * forward_operations(network.model, shape, classes)


@cache
def forward_operations(model: Architecture, shape: tuple[int, ...], classes: int) -> int:
    """Count the floating-point operations of a forward pass of one record; a multiply-add counts as two.

    Args:
        model: the architecture of the network.
        shape: shape of one record.
        classes: number of classes.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        module = model.build(shape, classes).eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            module(torch.empty(1, *shape))
    return int(counter.get_total_flops())
