"""The recipe of models that the user's own function trains."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Self

import cloudpickle
import numpy as np
from scipy.special import softmax

from miaudit.answers import UNKNOWN, Answerer
from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.forms import AskedForm
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.own.function import Lesson, TrainingFunction
from miaudit.own.trial import ASKED, Trained, find_out
from miaudit.source import SOURCES, releases_here, source_of
from miaudit.splits.base import no_rows
from miaudit.targets.base import Target, query
from miaudit.targets.search import target_of
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Batch, Records, Subset, Tick, untold
from miaudit.training.timing import Case, seconds_to_train

CODE_VERSION = "own/1"  # part of the names of all outputs: another version calls the function in another way
SEEDS = 2**31  # what all libraries take as a seed


@dataclass(frozen=True, eq=False)
class Returned:
    """A model that the function returned, wrapped as a target."""

    target: Target
    kind: OutputKind  # of the outputs that are kept
    made_by: str

    def outputs(self, x: Floats) -> ModelOutputs:
        """Outputs (n, C) on records x (n, ...); raises UserError if they are not what a classifier gives."""
        said = query(self.target, x)
        if said.kind == self.kind:
            return said
        if self.kind == "logits":
            raise UserError(
                f"{self.made_by} returned a model that gives probabilities, and one that gave logits before"
            )
        return ModelOutputs(softmax(said.values, axis=1), "probs")

    def tensors(self) -> None:
        """None: a model of any framework could only be pickled."""
        return


@dataclass(frozen=True)
class OwnTraining(AnyRecipe):
    """A function of the user's own; named by its source, what it closes over, and its libraries' versions.

    Models are never stored, since that would mean pickles: their outputs are.

    The function reaches other processes as every recipe does, by cloudpickle and in memory alone: by name where it is
    in a module that can be imported, else by value (scripts, notebooks, closures, files that are named by a text). So a
    script is not run again in each process and needs no main guard, and a function works wherever it is defined. What
    cannot be sent, such as a closure over an open connection, is called in this process.
    """

    name: str
    content: str  # its code, defaults and closure
    library: str  # releases, version of the code here, then the user's own modules
    asked: AskedForm = "auto"  # how answers of the models are read
    function: TrainingFunction = field(compare=False, repr=False, kw_only=True)
    kind: OutputKind = field(default="probs", compare=False)  # follows from the other fields
    told: tuple[str, ...] = field(default=(), compare=False)
    unsent: str = field(default="", compare=False)  # why it cannot be sent to other processes; empty if it can

    @classmethod
    def of(cls, given: object) -> Self:
        """The recipe by a function train(x, y, seed) -> model, or by a text such as "fit.py:train" that names it.

        Raises:
            UserError: there is no such function, or it takes other arguments.
        """
        function = TrainingFunction.of(given)
        source = source_of(function.call)
        source.warn(f"models that {function.name} trains")
        library = "; ".join([*source.releases, CODE_VERSION]) + (SOURCES + "; ".join(source.own) if source.own else "")
        unsent = _why_unsent(function.call)
        told = (f"{function.name} trains in this process, one model after another, as it {unsent}.",) if unsent else ()
        return cls(function.name, source.values[0], library, function=function, told=told, unsent=unsent)

    @property
    def title(self) -> str:
        """Name of the function."""
        return f"model by {self.name}"

    @property
    def output_kind(self) -> OutputKind:
        """The kind of outputs that the model of the trial gave."""
        return self.kind

    @property
    def by(self) -> str:
        """Name of the function."""
        return f"by {self.name}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on what the trial showed."""
        return self.told

    @property
    def stays_here(self) -> bool:
        """True where the function cannot be sent."""
        return bool(self.unsent)

    @property
    def needs_validation(self) -> bool:
        """Does the function take x_val and y_val?"""
        return self.function.takes_validation

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """Versions of the libraries that the function uses, and the user's own modules."""
        del shape, classes, device
        return self.library

    def trainer_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The versions of the same libraries on this machine."""
        del shape, classes, device
        *releases, _ = self.library.partition(SOURCES)[0].split("; ")
        return "; ".join([*releases_here(releases), CODE_VERSION])

    def tried(self, records: Records, like: Answerer = UNKNOWN, validation: Ints | None = None) -> Self:
        """The recipe with the form and the kind of its models' answers, and remarks on what the trial showed.

        Two models are trained on a few records with the same seed; see `trial.find_out`.
        """

        def train(subset: Subset) -> Trained:
            made = self.function.train(_lesson(records, subset))
            target = target_of(made.model)
            asked = like.asked if target.answerer.kind == like.kind else "auto"
            return Trained(_read(target, asked, records), made.printed)

        some = np.arange(len(records.y))[-ASKED:] if validation is None else validation
        found = find_out(train, records, self.name, some if self.function.takes_validation else no_rows())
        return replace(self, asked=found.asked, kind=found.kind, told=(*self.told, *found.remarks))

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[Returned]:
        """Models that the function returns, one after another."""
        del device, tick
        for subset in batch.subsets:
            made = self.function.train(_lesson(records, subset))
            yield Returned(_read(target_of(made.model), self.asked, records), self.kind, self.name)

    def seconds_per_model(self, case: Case) -> float | None:
        """Seconds to train and ask one model on one thread; None if none can be trained on a few records."""
        return seconds_to_train(self.train, case)


def _lesson(records: Records, subset: Subset) -> Lesson:
    rows, held = subset.rows, subset.validation
    x, held_x = native(records.x[rows]), native(records.x[held])
    return Lesson(x, records.y[rows], subset.seed % SEEDS, held_x, records.y[held])


def _read(target: Target, asked: AskedForm, records: Records) -> Target:
    """The target with its answers read in the form that is asked for."""
    told = target if asked == "auto" else target.with_outputs(asked)
    data = Dataset(name="the records", x=records.x, y=records.y, classes=records.classes)
    return told.tried(data).with_classes(records.classes)


def _why_unsent(function: Any) -> str:
    try:
        cloudpickle.dumps(function)
    except Exception as error:  # of objects of any library
        return f"cannot be sent to other processes ({type(error).__name__}: {error})"
    return ""
