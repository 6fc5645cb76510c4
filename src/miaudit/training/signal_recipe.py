"""A recipe for models that are no classifiers: they are trained in any way, and give one number per record."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Ints
from miaudit.features.base import as_table
from miaudit.fingerprint import fingerprint
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.training.base import AnyRecipe, TrainedModel
from miaudit.training.data import Batch, Records, Tick, untold
from miaudit.training.estimators import EstimatorRecipe, fresh_clone
from miaudit.training.own_signal import OwnSignal

CODE_VERSION = "signal recipes/1"


class Maker(Protocol):
    """A frozen dataclass of plain values that trains models."""

    @property
    def title(self) -> str:
        """What it trains, in a word or two."""

    @property
    def version(self) -> str:
        """Version of all code that decides a model."""

    @property
    def stays_here(self) -> bool:
        """Must its models be trained in this process?"""

    def make(self, x: Any, y: Any, seed: int) -> Any:
        """A model trained on records x (n, ...) with the truth y (n, ...)."""


@dataclass(frozen=True)
class Clones:
    """Makes fitted clones of an estimator of scikit-learn's kind."""

    recipe: EstimatorRecipe

    @property
    def title(self) -> str:
        """Name of the estimator's class."""
        return self.recipe.title

    @property
    def version(self) -> str:
        """Versions of the libraries, and the user's own modules."""
        return self.recipe.library

    @property
    def stays_here(self) -> bool:
        """False: estimators can be sent."""
        return False

    def make(self, x: Any, y: Any, seed: int) -> Any:
        """A clone fitted on x (arrays are flattened) and y, its `random_state` set from the seed, on one thread."""
        return fresh_clone(self.recipe, seed).fit(as_table(x), y)


@dataclass(frozen=True, eq=False)
class Made:
    """A model that was trained for an audit."""

    model: Any

    def outputs(self, x: Any) -> ModelOutputs:
        """Raise ValueError: the numbers need the truth, which `SignalRecipe.ask` has."""
        raise ValueError(f"a {type(self.model).__name__} is asked about {len(x)} records by its recipe")

    def tensors(self) -> None:
        """None: a model of any library could only be pickled."""
        return


@dataclass(frozen=True)
class SignalRecipe(AnyRecipe):
    """Models that a maker trains and a signal asks; the truth about the records travels with it.

    Models are never stored, since that would mean pickles; their numbers are.
    """

    maker: Maker
    signal: OwnSignal
    truth_key: str  # fingerprint of the truth
    truth: npt.NDArray[Any] | None = field(compare=False, repr=False)  # (N, ...) of all records; None: there is none

    tried_first = False

    @classmethod
    def of(cls, maker: Maker, signal: OwnSignal, truth: npt.NDArray[Any] | None) -> "SignalRecipe":
        """The recipe for records with this truth (N, ...)."""
        return cls(maker, signal, fingerprint(truth), truth)

    @property
    def title(self) -> str:
        """What the maker trains."""
        return self.maker.title

    @property
    def output_kind(self) -> OutputKind:
        """What the signal gives."""
        return self.signal.kind

    @property
    def stays_here(self) -> bool:
        """True where the maker or the signal's function cannot be sent to another process."""
        return self.maker.stays_here or not self.signal.can_be_sent

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """The versions of the maker's code."""
        del shape, classes, device
        return f"{self.maker.version}; {CODE_VERSION}"

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[Made]:
        """Models, one after another; see `AnyRecipe.train`."""
        del device, tick
        for rows, seed, *_ in batch.subsets:
            yield Made(self.maker.make(records.x[rows], self._truth(rows), seed))

    def ask(self, model: TrainedModel, records: Records, query: Ints) -> ModelOutputs:
        """The signal (n, 1) of a model that `train` gave on the records in `query` (n,)."""
        if not isinstance(model, Made):
            raise ValueError(f"expected a model of this recipe, got {type(model).__name__}")
        return self.signal.outputs(model.model, records.x[query], self._truth(query))

    def _truth(self, rows: Ints) -> npt.NDArray[np.generic] | None:
        return None if self.truth is None else self.truth[rows]
