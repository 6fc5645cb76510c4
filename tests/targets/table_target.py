"""A kind of target that is no part of miaudit, for tests."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from miaudit.arrays import Floats
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import Target


@dataclass(frozen=True, eq=False)
class Table(Target):
    """A kind of target from another package: a function behind a class that others would take for their own."""

    made_of: ClassVar[str] = "a table"
    rank: ClassVar[int] = 5

    answer: Any

    @classmethod
    def accepts(cls, given: object) -> bool:
        return isinstance(given, dict)

    @classmethod
    def of(cls, given: Any) -> Self:
        return cls(given["answer"])

    @property
    def description(self) -> str:
        return "a table"

    def outputs(self, x: Floats) -> ModelOutputs:
        values: ModelOutputs = self.answer(x)
        return values
