"""How long a row would take on a GPU, from the work that its models ask for."""

from functools import cache

from miaudit.auditing.plan import Plan
from miaudit.errors import UserError
from miaudit.running.work import Work
from miaudit.training.recipe import Recipe

RATE = 1e13  # operations a second that training sustains on one GPU: an assumption, about that of a mid-range one
PASSES = 3  # a training step takes the operations of about three forward passes


def has_gpu() -> bool:
    """Is there a CUDA device?"""
    import torch

    return torch.cuda.is_available()


def gpu_seconds(plan: Plan) -> float:
    """Seconds for all models of a plan at 10 TFLOP/s.

    Records are passed over three times an epoch (forward and backward), those of validation once; then all are asked.

    Raises:
        UserError: a recipe trains something else than one plain network.
    """
    return sum(_operations(work, plan.data.x.shape[1:], plan.data.classes) for work in plan.works) / RATE


def _operations(work: Work, shape: tuple[int, ...], classes: int) -> float:
    job, recipe = work.job, work.job.recipe
    if not isinstance(recipe, Recipe):
        raise UserError(f"no GPU time can be foretold of {type(recipe).__name__}: expected a plain recipe")
    samples = recipe.epochs * (PASSES * len(job.rows) + len(job.validation)) + len(work.query)
    return float(samples) * forward_operations(recipe, shape, classes)


def forward_operations(recipe: Recipe, shape: tuple[int, ...], classes: int) -> int:
    """Floating-point operations of one forward pass of one record, two a multiplication with addition."""
    return _counted(recipe.model, shape, classes)


@cache
def _counted(model: object, shape: tuple[int, ...], classes: int) -> int:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.device("meta"):
        module = model.build(shape, classes).eval()  # type: ignore[attr-defined]
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            module(torch.empty(1, *shape))
    return int(counter.get_total_flops())
