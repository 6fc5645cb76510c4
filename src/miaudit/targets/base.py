"""The contract of a target, and the one place where targets are queried and their outputs checked.

The folder is the registry: `targets/onnx.py` holds the target `onnx`, its class `Onnx`; other packages join by an
entry point in the group `miaudit.targets`. No other file has to know about a new kind; see `targets/search.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from miaudit.address import Address
from miaudit.answers import SAMPLE, Answerer, AnswerForm, form_of_answers
from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import Inputs
from miaudit.forms import AskedForm
from miaudit.guard import foreign
from miaudit.model_outputs import ModelOutputs, OutputKind, checked
from miaudit.records.given import Given
from miaudit.records.labels import Classes
from miaudit.records.reading import Reading
from miaudit.training.base import AnyRecipe


class Guess(NamedTuple):
    """How models like a target are trained, as far as the target itself shows."""

    recipe: AnyRecipe
    words: str  # follow "trained on 100 records each,"
    undefended: str = ""  # follow them where the attacker's models are trained without a defence that the target has


class Target(ABC):
    """A model under audit, which may only be queried.

    A kind of target is a frozen dataclass around the object that it was made of. It has to say what the object is and
    what it outputs; the other methods are for what is special about the kind.
    """

    made_of: ClassVar[str] = ""  # objects that are accepted, in words for messages; empty where only its own instances
    opened_from: ClassVar[str] = ""  # addresses that are opened, such as "model.onnx"; empty where none
    extra: ClassVar[str] = ""  # the extra of miaudit that installs its library, for the documentation
    gives: ClassVar[str] = ""  # what its answers are, likewise; empty where that is found out
    refitted: ClassVar[str] = ""  # how reference models are trained without a recipe, likewise; empty where none are
    rank: ClassVar[int] = 50  # specific kinds, such as a class of one library, have a lower rank than general ones
    dtype: ClassVar[type] = np.float64  # type of the records that the model wants
    free_to_ask: ClassVar[bool] = True  # False where each answer costs something, such as a request over the network
    reads_records: ClassVar[bool] = True  # False where the answers are there already, so that labels alone suffice

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a model of this kind? Looks at it without querying it, and imports no library."""
        return isinstance(given, cls)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of an object that is accepted."""
        own: Self = given
        return own

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is a model of this kind there? Looks at the text, and at the first bytes of a file; imports no library."""
        del address
        return False

    @classmethod
    def open(cls, address: Address) -> "Target":
        """Open the target at an address that `opens` accepts. The address holds the options of the kind.

        Raises:
            UserError: the model cannot be read, an option is wrong, or a library is not installed.
        """
        raise NotImplementedError(f"{cls.__name__} opens no addresses")

    @classmethod
    def load(cls, address: Address) -> Any:
        """The target at an address that `opens` accepts, or an object there that another kind of target accepts.

        Raises:
            UserError: as `open`.
        """
        return cls.open(address)

    def dtype_for(self, x: Any) -> type:
        """The type that numbers x (n, ...) are turned into for the model."""
        del x
        return self.dtype

    @property
    @abstractmethod
    def description(self) -> str:
        """What the model is, for the report."""

    @property
    def name(self) -> str:
        """Its name in messages, such as "the Net"."""
        return f"the {type(self).__name__}"

    @abstractmethod
    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...) with their kind; `query` checks them."""

    def outputs_on(self, data: Dataset, rows: Ints) -> ModelOutputs:
        """Outputs (n, C) of the records in these rows (n,) of a data set; `query_rows` checks them."""
        return self.outputs(data.x[rows])

    @property
    def number_kind(self) -> OutputKind | None:
        """The kind of number, loss or score, that it gives for each record if it is no classifier; else None."""
        return None

    @property
    def reading(self) -> Reading:
        """The form in which the model needs its records, and the labels that it knows."""
        return Reading(self.dtype_for, may_lack_x=not self.reads_records)

    def with_labels(self, labels: Classes) -> "Target":
        """The target with outputs for these classes in their order, where it knows classes by their labels."""
        del labels
        return self

    @property
    def labels_only(self) -> bool:
        """Does the model say which class, and not how sure it is?"""
        return False

    @property
    def answerer(self) -> Answerer:
        """The kind of model and the form of its answers, so that other models of this kind are read alike."""
        return Answerer(type(self).__name__, "auto")

    def with_outputs(self, asked: AskedForm) -> "Target":
        """The target with its answers read as the user says they are.

        Raises:
            UserError: what the answers are is fixed for this kind.
        """
        if asked != "auto":
            raise UserError(f"{self.name}: what it gives is known; leave out outputs={asked!r}")
        return self

    def tried(self, data: Dataset) -> "Target":
        """The target after a query of a sample of the records, which settles what its answers are.

        Raises:
            UserError: it cannot be queried, or its answers could be several things.
        """
        del data
        return self

    def count_classes(self, data: Dataset) -> int:
        """Number C of columns that the outputs for these records have, at least as many as there are labels.

        Raises:
            UserError: the labels do not fit the model, or it cannot be queried.
        """
        return data.classes

    def with_classes(self, classes: int) -> "Target":
        """The target with outputs (n, classes), where the number of columns is not the model's own."""
        del classes
        return self

    def check(self, given: Given) -> None:
        """Raise UserError where the records do not fit the model in a way that its outputs do not show."""
        del given

    @property
    def predictor(self) -> Callable[[Any], Any]:
        """A function from records (n, ...) to what the model says about them, for signals of models of all kinds.

        Raises:
            UserError: such a model gives nothing but outputs of classes.
        """
        raise UserError(
            f"{self.name} gives nothing but outputs of classes: for `signal`, write a function that loads the model, "
            "and name it as load.py:FUNCTION"
        )

    def cost(self, x: Inputs) -> str:
        """The cost, apart from time, of querying it about records x (n, ...), in words; empty where there is none."""
        del x
        return ""

    def check_queries(self, x: Inputs) -> None:
        """Raise UserError, before anything is asked, where records x (n, ...) cost more than the user allows."""
        del x

    def holds(self, weights: Mapping[str, Any]) -> bool:
        """Are these the weights that the model has now, after its training? False where it has none."""
        del weights
        return False

    def guess(self, x: Inputs, y: Ints) -> Guess | None:
        """How models like it are trained, for users who give no recipe; None where that is unknown.

        Args:
            x: (m, ...) records that it was trained on.
            y: (m,) their labels.

        Raises:
            UserError: models like it cannot be trained afresh.
        """
        del x, y
        return None


@dataclass(frozen=True, eq=False, kw_only=True)
class AnsweringTarget(Target):
    """A model whose answers may be logits, probabilities, margins or labels; a query of a sample finds out which.

    A kind that derives from it implements `answers` instead of `outputs`.
    """

    asked: AskedForm = "auto"  # what the user says that the answers are
    form: AnswerForm | None = None  # what they are; None until the target was tried
    classes: int | None = None  # C, where it is known
    sample: ClassVar[int] = SAMPLE  # number of records over which the form is found

    @abstractmethod
    def answers(self, x: Any) -> Any:
        """The model's answers to records x (n, ...): an array (n,), (n, 1) or (n, C)."""

    @property
    def predictor(self) -> Callable[[Any], Any]:
        """The function that returns its answers in their own form."""
        return self.answers

    @property
    def described(self) -> str:
        """The words on what the model gives, which follow its description."""
        return "" if self.form is None else f", which gives {self.form.words}"

    @property
    def labels_only(self) -> bool:
        """Does the model give nothing but labels?"""
        return self.form is not None and self.form.labels_only

    @property
    def answerer(self) -> Answerer:
        """The kind of model and the form that was found."""
        return Answerer(type(self).__name__, self.asked if self.form is None else self.form.form)

    def with_outputs(self, asked: AskedForm) -> Self:
        """The target with its answers read as the user says they are."""
        return replace(self, asked=asked, form=None)

    def tried(self, data: Dataset) -> Self:
        """The target with the form of its answers found over a sample from all over the records."""
        sample = np.unique(np.linspace(0, len(data) - 1, min(self.sample, len(data))).astype(np.int64))
        return self.found(data.x[sample])

    def found(self, x: Any) -> Self:
        """The target with the form of its answers found over records x (n, ...)."""
        with _asked(self, x):
            return replace(self, form=form_of_answers(self.name, self.answers(x), self.asked))

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Outputs (n, C), read in the form that was found; that of x itself if the target was not tried before."""
        said = self.answers(x)
        form = self.form or form_of_answers(self.name, said, self.asked)
        try:
            return form.read(self.name, said, len(x), self.classes if form.labels_only else None)
        except UserError as error:
            if self.asked != "auto":
                raise
            raise UserError(f"{error}; its answers to a sample are {form.words}: if not, say by outputs=...") from None

    def count_classes(self, data: Dataset) -> int:
        """Number of columns that the answers have, or as many as the labels need where the model gives labels."""
        if self.labels_only:
            return data.classes
        return at_least(query(self, data.x[:1]).values.shape[1], data)

    def with_classes(self, classes: int) -> Self:
        """The target with labels that become rows (classes,)."""
        return replace(self, classes=classes)


def query(target: Target, x: Inputs) -> ModelOutputs:
    """Outputs (n, C) of records x (n, ...): the one place where a target is queried, and where its outputs are checked.

    Raises:
        UserError: the target fails, or its outputs are not what they are said to be: (n, C) with C >= 2, finite, and
            probabilities that sum to 1 or logits.
    """
    with _asked(target, x):
        return _checked(target, target.outputs(x), len(x))


def query_rows(target: Target, data: Dataset, rows: Ints) -> ModelOutputs:
    """Outputs (n, C) of the records in these rows (n,) of a data set, checked as those of `query`."""
    with _asked(target, data.x):
        return _checked(target, target.outputs_on(data, rows), len(rows))


def _checked(target: Target, said: object, records: int) -> ModelOutputs:
    if not isinstance(said, ModelOutputs):
        raise UserError(f"{target.name}: expected ModelOutputs, got {type(said).__name__}")
    return checked(target.name, said.values, said.kind, records)


def _asked(target: Target, x: Any) -> AbstractContextManager[None]:
    return foreign(f"{target.name}, given records of shape {x.shape[1:]},", len(x))


def at_least(known: int, data: Dataset) -> int:
    """The number of classes that a model knows; raises UserError where a label is beyond them."""
    highest = int(data.y.max())
    if highest >= known:
        raise UserError(f"expected labels 0..{known - 1}, as the target knows {known} classes; got {highest}")
    return known
