"""The hyper-parameters of a network's training, which the loops read."""

from collections.abc import Mapping
from dataclasses import InitVar
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic.dataclasses import dataclass

from miaudit.training.architecture import architecture_of
from miaudit.training.start import Started

if TYPE_CHECKING:
    import torch

AUTO = "auto"


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class Hyperparameters:
    """Architecture and hyper-parameters of one training run on a network."""

    model: Any = Field(
        default=None,
        description="the architecture: an instance of a class in miaudit.models, a torch module of which copies are "
        "trained afresh, or a class or function that makes one; by default that of the target",
    )
    start: InitVar[Any] = Field(
        default=None,
        description="weights that training begins with, a torch module or its state dict; by default fresh ones",
    )
    optimizer: Literal["sgd", "adam", "adamw"] = Field(default="adam", description="the optimizer")
    learning_rate: float = Field(default=1e-3, gt=0, description="learning rate at the start")
    momentum: float = Field(default=0.0, ge=0, lt=1, description="sgd only")
    nesterov: bool = Field(default=False, description="sgd only, with momentum")
    weight_decay: float = Field(default=0.0, ge=0, description="L2 (adamw: decoupled)")
    schedule: Literal["constant", "cosine", "step"] = Field(
        default="constant", description="how the learning rate changes with the epoch"
    )
    milestones: tuple[int, ...] = Field(default=(), description="step only: epochs after which the rate falls")
    gamma: float = Field(default=0.1, gt=0, le=1, description="step only: the factor by which it falls")
    epochs: int = Field(default=30, ge=1, le=1_000_000, description="passes over the training records")
    batch_size: int = Field(default=64, ge=1, le=1_000_000, description="records of one step")
    label_smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="probability that is spread over all classes instead of the label's own"
    )
    flip: bool = Field(default=False, description="mirror every second image left to right, at random")
    crop_padding: int = Field(
        default=0, ge=0, le=1_000, description="pad images by so many pixels and cut them out at random"
    )
    rotation: float = Field(default=0.0, ge=0, le=180, description="turn images by up to so many degrees, at random")
    early_stopping: bool = Field(
        default=False, description="keep the epoch with the best accuracy on the test rows (LDC-MIA 4.1.2, reference)"
    )
    bf16: bool | Literal["auto"] = Field(
        default=False,
        description="autocast to bfloat16 in training; signals stay in fp32. Auto: where the hardware supports it",
    )

    def __post_init__(self, start: Any) -> None:
        if start is None:
            return
        is_known = self.model is not None or isinstance(start, Mapping)
        model = self.model if is_known else architecture_of(start)
        # No field of its own: recipes without a start keep their names in the store.
        object.__setattr__(self, "model", Started.of(model, start))

    @property
    def architecture(self) -> Any:
        """The model without the weights that training begins with; None for that of the target."""
        return self.model.base if isinstance(self.model, Started) else self.model

    @property
    def starts_from(self) -> "Mapping[str, torch.Tensor] | None":
        """The weights that training begins with; None for fresh ones."""
        return self.model.state if isinstance(self.model, Started) else None

    @property
    def in_bf16(self) -> bool:
        """Does training autocast to bfloat16?

        Raises:
            ValueError: that is still to be decided (`AnyRecipe.settled`).
        """
        if self.bf16 == AUTO:
            raise ValueError("bf16 is auto: decide it before a model is named or trained")
        return bool(self.bf16)

    @property
    def augments(self) -> bool:
        """Are images changed at random in training?"""
        return bool(self.flip or self.crop_padding or self.rotation)

    @field_validator("model", mode="before")
    @classmethod
    def _architecture(cls, given: Any) -> Any:
        return None if given is None else architecture_of(given)

    @model_validator(mode="after")
    def _optimizer_has_its_options(self) -> Self:
        if self.optimizer != "sgd" and (self.momentum or self.nesterov):
            raise ValueError(f"momentum and nesterov belong to sgd: {self.optimizer} has its own averages")
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs momentum above 0")
        return self

    @model_validator(mode="after")
    def _steps_have_milestones(self) -> Self:
        if self.schedule != "step" and self.milestones:
            raise ValueError(f"milestones belong to schedule step, got schedule {self.schedule}")
        if self.schedule == "step" and not self.milestones:
            raise ValueError("schedule step needs milestones, epochs after which the rate falls")
        if list(self.milestones) != sorted(set(self.milestones)) or min(self.milestones, default=1) < 1:
            raise ValueError(f"milestones must be epochs from 1 on in rising order, got {list(self.milestones)}")
        return self
