"""Training of several networks side by side on a GPU, with the plain loop's mathematics.

A small network does not fill a GPU, and starting its kernels one by one takes longer than running them. So a step is
recorded once as a CUDA graph, batch and augmentation included, and started at a stroke; each network has a stream of
its own, so that their kernels run at the same time. Nothing waits for the GPU within an epoch.

A network is a function of its own recipe, rows and seed alone, whatever is trained beside it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Ints
from miaudit.seeds import generator
from miaudit.training.augment import Changes, changed, check_images, draw
from miaudit.training.data import Records, Subset, Tick, untold
from miaudit.training.device import wait_for
from miaudit.training.epochs import epochs_left
from miaudit.training.fit import build, in_layout, precision, seeded
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.optimizers import learning_rate, make_optimizer
from miaudit.training.recording import Lane, lane_on
from miaudit.training.state import TrainingState

if TYPE_CHECKING:
    import torch

# Raise it when a change here alters what is trained.
CODE_VERSION = "abreast/1"

ASKED_AT_ONCE = 2_000  # records of a batch when the accuracy is measured after an epoch


class Task(NamedTuple):
    """A network to train."""

    recipe: Hyperparameters
    subset: Subset


def fit_abreast(tasks: Sequence[Task], records: Records, device: str, tick: Tick = untold) -> "list[torch.nn.Module]":
    """Train one network for each task, all side by side.

    The networks are those of the plain loop on the same device but for the last bits: the optimizer reads its rate in
    single precision. The accuracy for early stopping is measured in the precision of the training.

    Args:
        tasks: the networks; their recipes may differ. `recording.can_be_recorded` must say yes to each network.
        records: an array (N, ...) in memory; the records that the tasks name are copied to the device.
        device: the device to train on.
        tick: called after each epoch with the number of records trained on.
    """
    held = _Held(records, tasks, device)
    networks = [_Network(task, held, records.classes, device) for task in tasks]
    wait_for(device)  # what was made on the device's main stream is there before other streams read it
    for network in networks:
        network.prepare()
    waits: list[Callable[[], None]] = []
    for epochs in zip_longest(*(network.epochs(len(tasks)) for network in networks)):
        planned = [(network, epoch) for network, epoch in zip(networks, epochs, strict=True) if epoch is not None]
        training = [network for network, _ in planned]
        _epoch(planned)
        ahead, waits = waits, [network.lane.mark() for network in training]
        for wait in ahead:  # one epoch is prepared while another one is trained, and no more
            wait()
        tick(sum(len(network.rows) for network in training))
    wait_for(device)
    return [network.finished() for network in networks]


def _epoch(planned: "Sequence[tuple[_Network, int]]") -> None:
    for network, epoch in planned:
        network.begin(epoch)
    networks = [network for network, _ in planned]
    for step in range(max(network.steps for network in networks)):
        for network in networks:
            if step < network.steps:
                network.step()
    for network in networks:
        network.end()


class _Held:
    """The records that the tasks name, on the device."""

    def __init__(self, records: Records, tasks: Sequence[Task], device: str) -> None:
        import torch

        self.rows = np.unique(np.concatenate([np.r_[task.subset.rows, task.subset.validation] for task in tasks]))
        self.x = torch.from_numpy(np.ascontiguousarray(records.x[self.rows])).to(device)
        self.y = torch.from_numpy(records.y[self.rows].astype(np.int64)).to(device)

    def places(self, rows: Ints) -> Ints:
        """The places of rows of the data among the records that are held."""
        return np.searchsorted(self.rows, rows)


class _Batches:
    """Batches of one size, as tensors on the device that every epoch fills anew, and a counter of the next one."""

    def __init__(self, bounds: list[tuple[int, int]], recipe: Hyperparameters, shape: tuple[int, ...], device: str):
        import torch

        size = bounds[0][1] - bounds[0][0]
        self.bounds, self.recipe = bounds, recipe
        self.next = torch.zeros(1, dtype=torch.int64, device=device)
        like = draw(recipe, np.random.default_rng(0), size, (shape[1], shape[2])) if recipe.augments else ()
        blocks = [np.zeros(size, dtype=np.int64), *(np.zeros(1) if part is None else part for part in like)]
        self.buffers = [
            torch.zeros((len(bounds), *block.shape), dtype=torch.from_numpy(block).dtype, device=device)
            for block in blocks
        ]
        self.used = [True, *(part is not None for part in like)]

    def fill(self, order: Ints, changes: "Sequence[Changes | tuple[()]]", lane: Lane) -> None:
        """Take the records of an epoch, and how the images of each batch are changed."""
        lane.copy(self.buffers[0], np.stack([order[start:end] for start, end in self.bounds]))
        for buffer, used, *parts in zip(self.buffers[1:], self.used[1:], *changes, strict=True):
            if used:
                lane.copy(buffer, np.stack(parts))

    def take(self) -> "list[torch.Tensor | None]":
        """The records of the next batch, and how they are changed; the counter starts again after the last one."""
        taken = [
            buffer.index_select(0, self.next)[0] if used else None
            for buffer, used in zip(self.buffers, self.used, strict=True)
        ]
        self.next.add_(1).remainder_(len(self.bounds))
        return taken


class _Network:
    """A network in training, on a lane of its own."""

    def __init__(self, task: Task, held: _Held, classes: int, device: str) -> None:
        import torch

        self.recipe, self.seed, self.held, self.device = task.recipe, task.subset.seed, held, device
        self.snapshots = task.subset.snapshots
        self.shape = tuple(held.x.shape[1:])
        check_images(self.recipe, self.shape)
        self.rows = held.places(task.subset.rows)
        self.lane = lane_on(device)
        with seeded(self.seed, device):
            self.module = build(self.recipe, self.shape, classes, device).train()
        self.rate = torch.tensor(learning_rate(self.recipe, 0), dtype=torch.float32, device=device)
        self.optimizer = make_optimizer(self.module.parameters(), self.recipe, self.rate)
        self.batches = [_Batches(bounds, self.recipe, self.shape, device) for bounds in _by_size(self._bounds())]
        self.best = _Best(self.module, self.recipe, held, held.places(task.subset.validation), device)
        self.play: list[Callable[[], None]] = []  # a step for each of `batches`

    @property
    def steps(self) -> int:
        """Number of steps in an epoch."""
        return len(self._bounds())

    def _bounds(self) -> list[tuple[int, int]]:
        size = self.recipe.batch_size
        return list(pairwise([*range(0, len(self.rows), size), len(self.rows)]))

    def prepare(self) -> None:
        """Record the steps; the network and its optimizer are then as they were."""
        before = [value.clone() for value in self.module.state_dict().values()]
        for batches in self.batches:
            self.play.append(self.lane.recorded(partial(self._step, batches)))
        with self.lane.within():
            for value, old in zip(self.module.state_dict().values(), before, strict=True):
                value.copy_(old)
            for state in self.optimizer.state.values():
                for value in state.values():
                    if value is not None:
                        value.zero_()
            for batches in self.batches:
                batches.next.zero_()

    def epochs(self, together: int) -> Iterator[int]:
        """The epochs that are left, once it is prepared; `together` networks are trained at the same time."""
        state = TrainingState(self.module, self.optimizer, self.best, self.device, draws=False)
        return epochs_left(state, self.recipe.epochs, len(self.rows), self.snapshots, together)

    def begin(self, epoch: int) -> None:
        """Draw the order and the changes of an epoch, as the plain loop does."""
        order = self.rows[generator(self.seed, "epoch", epoch).permutation(len(self.rows))]
        drawn, sizes = generator(self.seed, "augmentation", epoch), (end - start for start, end in self._bounds())
        side = self.shape[1:]
        changes: list[Changes | tuple[()]] = [
            draw(self.recipe, drawn, size, (side[0], side[1])) if self.recipe.augments else () for size in sizes
        ]
        self.left = iter(self._plays())
        with self.lane.within():
            self.rate.fill_(learning_rate(self.recipe, epoch))
            done = 0
            for batches in self.batches:
                batches.fill(order, changes[done : done + len(batches.bounds)], self.lane)
                done += len(batches.bounds)

    def _plays(self) -> Iterator[Callable[[], None]]:
        for batches, play in zip(self.batches, self.play, strict=True):
            for _ in batches.bounds:
                yield play

    def step(self) -> None:
        """Start the next step of the epoch."""
        with self.lane.within():
            next(self.left)()

    def end(self) -> None:
        """Measure the network after an epoch, if the recipe stops early."""
        with self.lane.within():
            self.best.see()

    def finished(self) -> "torch.nn.Module":
        """The trained network in evaluation mode."""
        self.best.restore()
        self.optimizer.zero_grad(set_to_none=True)
        return self.module.eval()

    def _step(self, batches: _Batches) -> None:
        from torch.nn.functional import cross_entropy

        rows, *changes = batches.take()
        assert rows is not None  # noqa: S101
        self.optimizer.zero_grad(set_to_none=True)
        images = in_layout(self.held.x.index_select(0, rows))
        if self.recipe.augments:
            images = in_layout(changed(images, self.recipe, changes))
        with precision(self.recipe, rows.device.type):
            logits = self.module(images)
            loss = cross_entropy(
                logits.float(), self.held.y.index_select(0, rows), label_smoothing=self.recipe.label_smoothing
            )
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()


class _Best:
    """Keeps the weights of the best epoch so far, if the recipe stops early; the GPU decides, and nobody waits."""

    def __init__(
        self, module: "torch.nn.Module", recipe: Hyperparameters, held: _Held, places: Ints, device: str
    ) -> None:
        import torch

        self.module, self.recipe, self.held = module, recipe, held
        self.wanted = recipe.early_stopping and len(places) > 0
        self.places = torch.from_numpy(places).to(device)
        self.right = torch.tensor(-1, device=device)
        self.kept = [value.clone() for value in module.state_dict().values()] if self.wanted else []

    def slots(self) -> "dict[str, torch.Tensor]":
        """The number of right answers in the best epoch, and its weights."""
        kept = {f"weights.{place}": value for place, value in enumerate(self.kept)}
        return {"right": self.right, **kept} if self.wanted else {}

    def see(self) -> None:
        import torch

        if not self.wanted:
            return
        self.module.eval()
        with torch.no_grad(), precision(self.recipe, self.places.device.type):
            right = torch.stack([self._right(part) for part in torch.split(self.places, ASKED_AT_ONCE)]).sum()
        self.module.train()
        better = right > self.right
        self.right.copy_(torch.maximum(right, self.right))
        for kept, value in zip(self.kept, self.module.state_dict().values(), strict=True):
            kept.copy_(torch.where(better, value, kept))

    def restore(self) -> None:
        for kept, value in zip(self.kept, self.module.state_dict().values(), strict=False):
            value.copy_(kept)

    def _right(self, places: "torch.Tensor") -> "torch.Tensor":
        logits = self.module(in_layout(self.held.x.index_select(0, places)))
        return (logits.argmax(dim=1) == self.held.y.index_select(0, places)).sum()


def _by_size(bounds: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The batches of the full size, and the smaller last one by itself."""
    full = [(start, end) for start, end in bounds if end - start == bounds[0][1] - bounds[0][0]]
    return [full] if len(full) == len(bounds) else [full, bounds[len(full) :]]
