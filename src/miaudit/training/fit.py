"""The plain training loop: the reference that every faster way is tested against."""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Features
from miaudit.models.base import predict
from miaudit.module_inputs import call, each, tensors_of
from miaudit.seeds import generator
from miaudit.training.augment import augment, check_images
from miaudit.training.data import Records, Subset, Tick, untold
from miaudit.training.epochs import epochs_left
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.optimizers import learning_rate, make_optimizer, set_rate
from miaudit.training.snapshots import Snapshots
from miaudit.training.state import TrainingState

if TYPE_CHECKING:
    import torch

# Raise it when a change here, in augment.py, optimizers.py or all architectures of miaudit.models alters what is
# trained: old checkpoints then miss. Where one architecture changes alone, raise its `revision`.
CODE_VERSION = "plain/2"


def fit(
    recipe: Hyperparameters, records: Records, subset: Subset, device: str = "cpu", tick: Tick = untold
) -> "torch.nn.Module":
    """Train one network on some of the records, in one epoch after another.

    The model is a function of the arguments alone: initial weights and dropout are drawn from a forked torch generator
    that is seeded here, the order of records and their augmentation from a stream of their own in each epoch.

    Args:
        recipe: architecture and hyper-parameters.
        records: all records, which are read in place.
        subset: the rows to train on, and the seed; snapshots, if it has some, keep the training's state.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.
    """
    check_images(recipe, records.shape)
    with seeded(subset.seed, device):
        module = build(recipe, records.shape, records.classes, device)
        batches = (_Gathered if isinstance(records.x, Features) else _Resident)(records, subset.rows, device)
        course = Course(len(subset.rows), tick, subset.snapshots)
        pass_over = partial(_epoch, module, recipe, batches, subset.seed)
        train(module, recipe, Validation(records, subset.validation, device), course, pass_over)
    module.eval()
    return module


@contextlib.contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """Let torch's generators begin with the seed in the block, and have them behind it as they were before."""
    import torch

    with torch.random.fork_rng(devices=_cuda_devices(device)):
        torch.manual_seed(seed)
        yield


def build(recipe: Hyperparameters, shape: tuple[int, ...], classes: int, device: str = "cpu") -> "torch.nn.Module":
    """An untrained network in the memory layout in which it is trained and asked; layouts differ in the last bits.

    Args:
        recipe: its `model` is the architecture.
        shape: shape of one record.
        classes: number of classes.
        device: the device that the network is moved to.
    """
    import torch

    module: torch.nn.Module = recipe.model.build(shape, classes).to(device)
    return module.to(memory_format=torch.channels_last) if len(shape) == 3 else module  # type: ignore[call-overload]


class _Resident:
    """The training records, one batch at a time by index."""

    def __init__(self, records: Records, rows: Ints, device: str) -> None:
        import torch

        x, y, _ = records
        if device == "cpu":  # read in place: the data is held once for all processes
            self.x, self.rows = readable(x), torch.from_numpy(np.ascontiguousarray(rows, dtype=np.int64))
        else:
            self.x, self.rows = torch.from_numpy(x[rows]).to(device), torch.arange(len(rows), device=device)
        self.y = torch.from_numpy(y[rows].astype(np.int64)).to(device)

    def of(self, size: int, rng: np.random.Generator) -> Iterator[tuple["torch.Tensor", "torch.Tensor"]]:
        import torch

        order = torch.from_numpy(rng.permutation(len(self.y))).to(self.y.device)
        for start in range(0, len(order), size):
            index = order[start : start + size]
            x = self.x.index_select(0, self.rows.index_select(0, index))
            yield in_layout(x), self.y.index_select(0, index)


class _Gathered:
    """Training records in another form than one array, gathered batch by batch."""

    def __init__(self, records: Records, rows: Ints, device: str) -> None:
        import torch

        self.x, self.rows, self.device = records.x, rows, device
        self.y = torch.from_numpy(records.y[rows].astype(np.int64)).to(device)

    def of(self, size: int, rng: np.random.Generator) -> Iterator[tuple[Any, "torch.Tensor"]]:
        import torch

        order = rng.permutation(len(self.y))
        for start in range(0, len(order), size):
            index = order[start : start + size]
            x = each(in_layout, tensors_of(self.x[self.rows[index]], self.device))
            yield x, self.y[torch.from_numpy(index).to(self.device)]


def readable(x: Floats) -> "torch.Tensor":
    """The records as a tensor on the same memory, which is never written to."""
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(np.ascontiguousarray(x))


def in_layout(x: "torch.Tensor") -> "torch.Tensor":
    """Images with their channels last in memory, other records as they are."""
    import torch

    return x.contiguous(memory_format=torch.channels_last) if x.ndim == 4 else x


class Course(NamedTuple):
    """The size of a training, and who follows it."""

    samples: int  # records of an epoch
    tick: Tick
    snapshots: Snapshots | None


class Validation:
    """Accuracy on rows that are not trained on."""

    def __init__(self, records: Records, rows: Ints, device: str) -> None:
        self.x, self.y, self.device = records.x[rows], records.y[rows], device

    def accuracy(self, module: "torch.nn.Module") -> float:
        """Share of the rows that the network classifies correctly."""
        logits = predict(module, self.x, self.device)
        return float((logits.argmax(axis=1) == self.y).mean())


class BestEpoch:
    """Keeps the weights of the epoch with the best accuracy so far, if the recipe stops early."""

    def __init__(self, module: "torch.nn.Module", recipe: Hyperparameters, validation: Validation) -> None:
        import torch

        self.module, self.validation = module, validation
        self.wanted = recipe.early_stopping and len(validation.y) > 0
        self.accuracy, self.state = torch.tensor(-1.0, dtype=torch.float64), module.state_dict()

    def slots(self) -> "dict[str, torch.Tensor]":
        """The best accuracy, and the weights that gave it, which have no meaning before the first epoch."""
        if not self.wanted:
            return {}
        if self.accuracy < 0:
            self.state = _copies(self.module)
        return {"accuracy": self.accuracy, **{f"weights.{name}": value for name, value in self.state.items()}}

    def see(self) -> None:
        """Measure the network after an epoch, and keep its weights if it is the best one."""
        if not self.wanted:
            return
        accuracy = self.validation.accuracy(self.module)
        if accuracy > self.accuracy:
            self.accuracy.fill_(accuracy)
            self.state = _copies(self.module)

    def restore(self) -> None:
        """Give the network the weights of its best epoch."""
        if self.wanted:
            self.module.load_state_dict(self.state)


def _copies(module: "torch.nn.Module") -> "dict[str, torch.Tensor]":
    return {name: value.clone() for name, value in module.state_dict().items()}


def train(
    module: "torch.nn.Module",
    recipe: Hyperparameters,
    validation: Validation,
    course: Course,
    pass_over: "Callable[[torch.optim.Optimizer, int], None]",
) -> None:
    """Train a network for all epochs that are left; it ends with the weights of its best one if the recipe says so.

    Args:
        module: the network.
        recipe: the optimizer, its rates, and the number of epochs.
        validation: tells which epoch is the best.
        course: the size of an epoch, and who follows the training.
        pass_over: trains for one epoch, given the optimizer and the number of the epoch.
    """
    optimizer = make_optimizer(module.parameters(), recipe)
    best = BestEpoch(module, recipe, validation)
    module.train()
    state = TrainingState(module, optimizer, best, validation.device)
    for epoch in epochs_left(state, recipe.epochs, course.samples, course.snapshots):
        set_rate(optimizer, learning_rate(recipe, epoch))
        pass_over(optimizer, epoch)
        course.tick(course.samples)
        best.see()
    best.restore()


def _epoch(
    module: "torch.nn.Module",
    recipe: Hyperparameters,
    batches: _Resident | _Gathered,
    seed: int,
    optimizer: "torch.optim.Optimizer",
    epoch: int,
) -> None:
    from torch.nn.functional import cross_entropy

    drawn = generator(seed, "augmentation", epoch)
    for x, y in batches.of(recipe.batch_size, generator(seed, "epoch", epoch)):
        optimizer.zero_grad(set_to_none=True)
        images = in_layout(augment(x, recipe, drawn)) if recipe.augments else x
        with precision(recipe, y.device.type):
            loss = cross_entropy(call(module, images).float(), y, label_smoothing=recipe.label_smoothing)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def precision(recipe: Hyperparameters, device_type: str) -> contextlib.AbstractContextManager[object]:
    """The precision in which a recipe's networks are trained, for a block of code."""
    import torch

    if not recipe.in_bf16:
        return contextlib.nullcontext()
    # On a GPU a step may be recorded, and weights that were cast outside of the recording would stay as they are.
    return torch.autocast(device_type, torch.bfloat16, cache_enabled=device_type != "cuda")


def _cuda_devices(device: str) -> list[int]:
    """Devices whose generators a seed for the CPU would set too."""
    import torch

    in_use = device.startswith("cuda") or torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return list(range(torch.cuda.device_count())) if in_use else []
