"""The contract of a defence: it changes how models are trained, or what is shown of their outputs."""

from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from miaudit import presenter
from miaudit.arrays import Floats
from miaudit.training.base import AnyRecipe
from miaudit.training.recipe import Recipe

STRICT = ConfigDict(extra="forbid")  # unknown options are refused


class Defence(Protocol):
    """A frozen pydantic dataclass whose fields are the options.

    The docstring's first line says what it does and names the paper. It has one of the methods below.
    """

    paper: ClassVar[str]  # author, venue, arXiv id


@runtime_checkable
class TrainsOtherwise(Protocol):
    """A defence that changes how models are trained."""

    def defend(self, recipe: Recipe) -> AnyRecipe:
        """The recipe of a defended model; raises UserError where the defence does not fit the recipe."""


@runtime_checkable
class SinglePrecision(Protocol):
    """A defence whose models cannot be trained in bfloat16."""

    single_precision: ClassVar[bool]  # the attribute alone marks the defence, whatever its value


@runtime_checkable
class SetsAside(Protocol):
    """A defence whose models learn from records without labels, beside their own."""

    @property
    def share(self) -> float:
        """The share to set aside of the split's population or, without one, of its test part."""


@runtime_checkable
class MasksOutputs(Protocol):
    """A defence that changes outputs only; nothing is trained anew."""

    def mask(self, logits: Floats) -> Floats:
        """The probabilities (n, C) that the model shows instead of its logits."""


class Guarantee(BaseModel):
    """A proven bound: (epsilon, delta)-differential privacy with respect to one record of the training set."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    epsilon: float | None
    """Upper bound on the privacy loss; None where it is infinite and nothing is guaranteed."""
    delta: float
    """Probability with which the bound may fail."""
    accountant: str
    """How epsilon was computed."""

    @property
    def text(self) -> str:
        """The guarantee in words.

        >>> Guarantee(epsilon=8.0, delta=1e-5, accountant="RDP").text
        'epsilon <= 8.00 at delta 1e-05'
        """
        if self.epsilon is None:
            return "epsilon infinite"
        return f"epsilon <= {presenter.epsilon(self.epsilon)} at delta {self.delta:g}"


@runtime_checkable
class Guarantees(Protocol):
    """A defence whose protection is proven."""

    def guarantee(self, recipe: Recipe, rows: int) -> Guarantee:
        """The bound that is proven for a model trained on that many rows by the defended recipe."""
