"""The device that networks are trained on, and how many are trained at the same time."""

import os
from collections.abc import Iterable
from typing import Literal, get_args

from miaudit.errors import UserError
from miaudit.training.base import AnyRecipe

Device = Literal["auto", "cpu", "cuda", "mps"]

# No GPU was at hand, so this rule follows from what is known of them and not from a measurement: the kernels of a
# network this small are too short to fill a GPU, whose time goes into starting them, and several processes start more.
SMALL = 5_000_000  # parameters
AT_ONCE = 4
VERSIONS = {"cuda": "cuda/2"}
ROOM = 2 * 2**30  # bytes of the GPU's memory for one process: CUDA's own, the data, the network and its activations


def resolve(asked: str) -> str:
    """The device for what the user asks for: `auto` is CUDA if there is a GPU, else the CPU; mps must be asked for.

    Raises:
        UserError: there is no device of that name, or this machine has none.
    """
    if asked not in get_args(Device):
        raise UserError(f"device: expected {', '.join(get_args(Device))}, got {asked!r}")
    if asked == "cpu":
        return "cpu"
    import torch

    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    here = torch.cuda.is_available() if asked == "cuda" else torch.backends.mps.is_available()
    if not here:
        raise UserError(f"device {asked}: torch {torch.__version__} finds none on this machine; use cpu or auto")
    return asked


def common_device(recipes: Iterable[AnyRecipe], asked: str) -> str:
    """The device that models of these recipes are trained on if the user asks for this one.

    The CPU if none of them can be trained elsewhere. Raises UserError as `resolve` does.
    """
    used = {recipe.device(asked) for recipe in recipes} - {"cpu"}
    return used.pop() if used else "cpu"


def name_of(device: str) -> str:
    """The device as a result names it, with the kind of GPU."""
    if device != "cuda":
        return device
    import torch

    return f"cuda ({torch.cuda.get_device_name()})"


def processes_on(
    device: str, recipes: Iterable[AnyRecipe], shape: tuple[int, ...], classes: int, asked: int | None
) -> int:
    """Number of models trained at once: as many as are asked for; else one per core, on a GPU one or a few.

    Args:
        device: the device that models are trained on.
        recipes: the recipes of the models.
        shape: shape of one record.
        classes: number of classes.
        asked: the number that the user asks for; None to choose one.
    """
    if asked is not None:
        return asked
    if device == "cpu":
        return usable_cores()
    sizes = [recipe.parameters(shape, classes) for recipe in recipes]
    if device != "cuda" or any(size is None or size > SMALL for size in sizes):
        return 1
    return max(1, min(AT_ONCE, usable_cores(), free_memory() // ROOM))


def free_memory() -> int:
    """Number of free bytes in the memory of the GPU."""
    import torch

    free, _ = torch.cuda.mem_get_info()
    return free


def usable_cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def suffix_of(device: str) -> str:
    """What a model's name says of its device: nothing of the CPU. CUDA has a number, which changes with its bits."""
    return "" if device == "cpu" else f" {VERSIONS.get(device, device)}"


def make_repeatable(device: str) -> None:
    """Choose kernels that give the same bits each time on a GPU, and compute in full single precision.

    Call it before anything is computed there.
    """
    if device == "cuda":
        import torch

        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        # By default convolutions would round to ten bits, in training and in the answers that attacks read.
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False


def wait_for(device: str) -> None:
    """Wait until the device has done all its work; a clock that is read earlier shows too little."""
    if device != "cpu":
        import torch

        (torch.cuda if device == "cuda" else torch.mps).synchronize()
