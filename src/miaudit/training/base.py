"""The contract of a recipe: how models are trained, whatever kind of model it is.

A new kind of recipe is one file with a frozen dataclass that derives from `AnyRecipe`. Its fields name its models in
the store, so they are plain values (`compare=False` for all others). It must say what it trains (`title`), which code
does that (`code_version`) and how (`train`); all other answers have a default.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, TypeGuard

from miaudit.answers import UNKNOWN, Answerer
from miaudit.arrays import Ints, Tensors
from miaudit.features.base import AnyArray, Inputs
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.plain import describe
from miaudit.training.data import Batch, Records, Subset, Tick, untold
from miaudit.training.timing import Case

if TYPE_CHECKING:
    from miaudit.training.estimators import EstimatorRecipe
    from miaudit.training.recipe import Recipe


class TrainedModel(Protocol):
    """A model that was trained, or restored from the store."""

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C) on records x (n, ...); raises UserError if they are not what a classifier gives."""

    def tensors(self) -> Tensors | None:
        """Everything that the recipe restores the model from; None if it cannot be stored without pickling."""


class AnyRecipe(ABC):
    """How models are trained."""

    needs_unlabelled: ClassVar[bool] = False  # does a model learn from records beside its own, without their labels?
    tried_first: ClassVar[bool] = True  # may training fail on few records of a class, so that a trial is worth while?

    @property
    def output_kind(self) -> OutputKind:
        """The kind of outputs that its models give."""
        return "probs"

    @property
    @abstractmethod
    def title(self) -> str:
        """What it trains, in a word or two, such as the name of a class."""

    @abstractmethod
    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """Version of all code that decides a model, with the source of what is not miaudit's own.

        It is part of the names of stored models: another version is another model.

        Args:
            shape: shape of one record.
            classes: number of classes.
            device: the device that models are trained on.
        """

    def trainer_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The part of `code_version` that this machine's libraries decide; all nodes of a cluster must agree on it."""
        return self.code_version(shape, classes, device)

    @abstractmethod
    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[TrainedModel]:
        """Models of the batch, in its order, each a function of its own subset alone.

        Args:
            records: the records that all models share.
            batch: the rows and the seed of each model.
            device: the device to train on.
            tick: called now and then with the number of records just trained on.

        Raises:
            UserError: a model cannot be trained.
        """

    def ask(self, model: TrainedModel, records: Records, query: Ints) -> ModelOutputs:
        """Outputs (n, C) of one of its models on the records in `query` (n,)."""
        return model.outputs(records.x[query])

    def restored(self, tensors: Tensors, records: Records, device: str = "cpu") -> TrainedModel | None:
        """The model with these tensors, on the device; None if they are not what `TrainedModel.tensors` gives.

        Args:
            tensors: what the store holds.
            records: records of the shape and the classes that the model was trained on.
            device: the device to ask it on.
        """
        del tensors, records, device
        return None

    @property
    def description(self) -> dict[str, Any]:
        """All fields as plain values, so that two recipes can be compared field by field."""
        plain: dict[str, Any] = describe(self)
        return plain

    @property
    def by(self) -> str:
        """How its models are trained, in words that follow "trained on 100 records each,"."""
        return "by the recipe that came with it"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on its training that readers of the result should know."""
        return ()

    @property
    def stays_here(self) -> bool:
        """Must its models be trained in this process, since the recipe cannot be sent to another one?"""
        return False

    def tried(self, records: Records, like: Answerer = UNKNOWN, validation: Ints | None = None) -> Self:
        """The recipe after a trial on a few records, which settles what it leaves open.

        Args:
            records: the records that models will be trained on.
            like: the model under audit and how its answers are read, for models of the same kind.
            validation: rows for early stopping; None where they are not yet known.

        Raises:
            UserError: a model cannot be trained, or what it answers cannot be read.
        """
        del records, like, validation
        return self

    @property
    def network(self) -> "Recipe | None":
        """The recipe of the network that its models are; None if they are none."""
        return None

    @property
    def defendable(self) -> "Recipe | None":
        """The recipe itself if defences can change how it trains; None if they cannot."""
        return None

    @property
    def of_estimator(self) -> "EstimatorRecipe | None":
        """The recipe of the estimator whose clones its models are; None if they are none."""
        return None

    @property
    def needs_validation(self) -> bool:
        """Does training choose something on records that no model is trained on?"""
        return False

    @property
    def in_bf16(self) -> bool:
        """Is bfloat16 used in training?"""
        return False

    def with_model(self, model: Any) -> Self:
        """The same recipe for another architecture, where its models are networks."""
        del model
        return self

    def with_precision(self, bf16: bool) -> Self:
        """The same recipe in bfloat16 or in single precision, if that makes a difference to its models."""
        del bf16
        return self

    def settled(self, device: str) -> Self:
        """The recipe with everything decided that it leaves to the machine, which computes on this device."""
        del device
        return self

    def with_labels(self, labels: AnyArray | None) -> Self:
        """The same recipe for models that are fitted on these labels, (C,) or rows (C, ...), in place of 0..C-1."""
        del labels
        return self

    def device(self, asked: str) -> str:
        """The device that its models are trained on if the user asks for this one."""
        del asked
        return "cpu"

    def parameters(self, shape: tuple[int, ...], classes: int) -> int | None:
        """Number of trainable parameters of a model; None if that is not known before training."""
        del shape, classes
        return None

    def check(self, shape: tuple[int, ...], classes: int) -> None:
        """Raise UserError, before anything is trained, if its models do not fit such records or the memory."""
        del shape, classes

    def is_stacked(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> bool:
        """Are its models trained many at once, on records of this shape and on this device?"""
        del shape, classes, device
        return False

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that training passes over, given so many; 0 if that is not known."""
        del rows, unlabelled
        return 0

    def passes(self, subset: Subset, asked: int) -> float | None:
        """Passes over a record in training and asking one model, to which its time is in proportion; None if unknown.

        Args:
            subset: what the model is trained on.
            asked: number of records that it is asked about afterwards.
        """
        del subset, asked
        return None

    def seconds_per_model(self, case: Case) -> float | None:
        """Seconds to train and ask one model, forecast from a part of its training; None if that is impossible."""
        del case
        return None


def is_recipe(value: object) -> TypeGuard[AnyRecipe]:
    """Is the value, which a user gave, a recipe of any kind?"""
    return isinstance(value, AnyRecipe)


def is_kind_of_recipe(value: object) -> TypeGuard[type[AnyRecipe]]:
    """Is the value, which a user gave, a class of recipes in place of a recipe?"""
    return isinstance(value, type) and issubclass(value, AnyRecipe)
