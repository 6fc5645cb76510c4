"""What all recipes of networks have in common, whether trained by labels alone or with a defence."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from miaudit.answers import LOGITS
from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.features.base import Inputs
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.models.base import Answering, predict
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Batch, Records, Subset, Tick, untold
from miaudit.training.device import resolve, suffix_of, wait_for
from miaudit.training.fit import build
from miaudit.training.hyperparameters import AUTO
from miaudit.training.precision import has_bf16
from miaudit.training.size import check_size
from miaudit.training.start import Started
from miaudit.training.threads import one_thread
from miaudit.training.timing import Case, Part, along_a_line, time_parts
from miaudit.training.way import parameters_of, source_of_others

if TYPE_CHECKING:
    import torch

    from miaudit.training.recipe import Recipe

FORWARD = 1 / 3  # of the time of training on a record, that of asking about it
FIRST_BATCHES = 1  # in the first part of a network's training that is timed


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network on its device."""

    module: "torch.nn.Module"
    classes: int
    device: str

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...); raises UserError if they are not outputs of classes."""
        from miaudit.training.as_logits import AsLogits

        # A network that answers in another form is asked as the target is: its logits are for training alone.
        within = self.module if isinstance(self.module, AsLogits) else AsLogits(self.module, LOGITS)
        name = f"a {type(within.module).__name__} trained for this audit"
        return within.form.read(name, predict(within.module, x, self.device), len(x), self.classes)

    def tensors(self) -> Tensors | None:
        """Its parameters and buffers by name; None if one of them cannot be an array, such as one in bfloat16."""
        try:
            return {name: value.detach().cpu().numpy() for name, value in self.module.state_dict().items()}
        except TypeError:
            return None


class NetworkRecipe(AnyRecipe):
    """A recipe whose models are networks of the architecture `network.model`."""

    tried_first: ClassVar[bool] = False  # nothing of theirs depends on how many records a class has

    @property
    def output_kind(self) -> OutputKind:
        """Logits, unless the architecture says something else."""
        model = self.network.model
        return model.form.kind if isinstance(model, Answering) else LOGITS.kind

    @property
    @abstractmethod
    def network(self) -> "Recipe":
        """The plain recipe that gives the architecture and the hyper-parameters of the loop."""

    @abstractmethod
    def with_network(self, network: "Recipe") -> Self:
        """The same recipe with another plain recipe within."""

    @abstractmethod
    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of all of miaudit's and the libraries' code that decides the weights."""

    @abstractmethod
    def modules(self, records: Records, batch: Batch, device: str, tick: Tick) -> "Iterator[torch.nn.Module]":
        """The batch's networks in evaluation mode; see `train`."""

    @property
    def timed(self) -> "NetworkRecipe":
        """A recipe that takes just as long for each record and epoch, and is quicker to time."""
        return self

    @property
    def title(self) -> str:
        """Name of the architecture's class."""
        return type(self.network.model).__name__

    @property
    def needs_validation(self) -> bool:
        """True if the best epoch is kept."""
        return self.network.early_stopping

    @property
    def in_bf16(self) -> bool:
        """True if training autocasts to bfloat16."""
        return self.network.in_bf16

    def with_model(self, model: Any) -> Self:
        """The same recipe for another architecture, with the weights that its training begins with."""
        known = self.network.model
        changed = replace(known, base=model) if isinstance(known, Started) else model
        return self.with_network(replace(self.network, model=changed))

    def with_precision(self, bf16: bool) -> Self:
        """The same recipe in bfloat16 or in single precision."""
        return self.with_network(replace(self.network, bf16=bf16))

    def settled(self, device: str) -> Self:
        """The recipe with `bf16: auto` turned into true or false, as suits the device that this machine has."""
        return self.with_precision(has_bf16(device)) if self.network.bf16 == AUTO else self

    def device(self, asked: str) -> str:
        """The device that is asked for, once it is known to be there; see `training.device.resolve`."""
        return resolve(asked)

    def parameters(self, shape: tuple[int, ...], classes: int) -> int:
        """Number of trainable parameters of a network."""
        return parameters_of(self.network, shape, classes)

    def check(self, shape: tuple[int, ...], classes: int) -> None:
        """Raise UserError if the network cannot be built for such records, or would not fit into memory."""
        check_size(self.network.model, shape, classes)

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """Version of the loop and of torch, the device, and the source of the user's own architecture or recipe."""
        return self.trainer_version(shape, classes, device) + source_of_others(self.network.model, self)

    def trainer_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """Version of the loop and of torch, and the device if it is not the CPU."""
        return self.loop_version(shape, classes) + suffix_of(device)

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[Network]:
        """Networks of the batch, in its order, each a function of its own subset alone; see `AnyRecipe.train`."""
        return (Network(module, records.classes, device) for module in self.modules(records, batch, device, tick))

    def restored(self, tensors: Tensors, records: Records, device: str = "cpu") -> Network | None:
        """The network with these parameters and buffers; None if its own have other names, shapes or types."""
        import torch

        with torch.random.fork_rng(devices=[]):
            module = build(self.network, records.shape, records.classes, device)
        try:
            module.load_state_dict({name: torch.from_numpy(np.asarray(value)) for name, value in tensors.items()})
        except (RuntimeError, TypeError, ValueError):
            return None
        return Network(module, records.classes, device)

    def passes(self, subset: Subset, asked: int) -> float:
        """Passes over a record; asking about one, for the validation too, counts as a part of one in training."""
        validated = self.network.epochs * len(subset.validation)
        return self.samples(len(subset.rows), len(subset.unlabelled)) + FORWARD * (validated + asked)

    def seconds_per_model(self, case: Case) -> float:
        """Seconds to train and ask one network on one thread, or on a GPU.

        Parts of the training, each twice as large as the one before, are run until one takes a second: two or three in
        all, or as long as a batch or two take.

        Raises:
            UserError: the network cannot be trained.
        """
        subset, timed = case.subset, self.timed
        stacked = timed.is_stacked(case.records.shape, case.records.classes, case.device)
        count = case.together if stacked else 1

        def run(part: Part) -> None:
            # Without the validation after each epoch: in a part of an epoch its share would be too large.
            short = timed.with_network(replace(timed.network, epochs=part.epochs, early_stopping=False))
            batch = Batch([subset.first(part.rows)] * count, stacked)
            list(short.modules(case.records, batch, case.device, untold))
            wait_for(case.device)

        total = self.passes(subset, len(case.query))
        try:
            with one_thread():
                seconds = along_a_line(time_parts(run, _parts(len(subset.rows), timed.network)), total)
        except (RuntimeError, ValueError, TypeError) as error:
            raise UserError(f"a model cannot be trained: {type(error).__name__}: {error}") from error
        return seconds / count


def _parts(rows: int, recipe: "Recipe") -> Iterator[Part]:
    """A few batches, twice as many, and so on up to all records, two epochs and so on up to the whole training."""
    some = min(FIRST_BATCHES * recipe.batch_size, rows)
    while some < rows:
        yield Part(some)
        some *= 2
    epochs = 1
    while epochs < recipe.epochs:
        yield Part(rows, epochs)
        epochs *= 2
    yield Part(rows, recipe.epochs)
