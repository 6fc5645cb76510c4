"""Target: a model of Keras 3, on any of its backends."""

import sys
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.guard import as_array
from miaudit.targets._files import is_file, library, opened
from miaudit.targets.base import AnsweringTarget


@dataclass(frozen=True, eq=False, kw_only=True)
class Keras(AnsweringTarget):
    """A `keras.Model`, or a file `.keras`."""

    made_of: ClassVar[str] = "a keras.Model"
    opened_from: ClassVar[str] = "model.keras"
    extra: ClassVar[str] = "keras"
    rank: ClassVar[int] = 5  # before torch modules, which it is as well if torch is its backend
    dtype: ClassVar[type] = np.float32

    model: Any

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a model of Keras 3?"""
        keras = sys.modules.get("keras")  # whoever has a model has imported it
        return keras is not None and isinstance(given, keras.Model)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the model."""
        return cls(model=given)

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file `.keras`?"""
        return is_file(address, ".keras")

    @classmethod
    def open(cls, address: Address) -> Self:
        """The model in the file; raises UserError where it is damaged, or holds code, which is not run."""
        address.check_options()
        keras = library("keras", "keras", address)
        with opened(address):
            return cls(model=keras.saving.load_model(address.path, compile=False, safe_mode=True))

    @property
    def description(self) -> str:
        """The model's class, its number of parameters, and what it gives."""
        return f"{type(self.model).__name__} (Keras, {self.model.count_params():,} parameters{self.described})"

    @property
    def name(self) -> str:
        """The model's class in words, as messages name the target."""
        return f"the {type(self.model).__name__}"

    def answers(self, x: Any) -> Any:
        """The result of `predict` for records x (n, ...), a batch at a time and in inference mode.

        Raises:
            UserError: the model has several outputs.
        """
        said = self.model.predict(native(x), verbose=0)
        if isinstance(said, dict | list | tuple):
            raise UserError(
                f"{self.name}: expected one output, got {len(said)}; audit keras.Model(inputs, OUTPUT) of the one that "
                "holds the answers"
            )
        return as_array(said)
