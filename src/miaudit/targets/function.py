"""Target: any function that is given records and says something about each."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from miaudit.features.base import native
from miaudit.targets.base import AnsweringTarget


@dataclass(frozen=True, eq=False, kw_only=True)
class Function(AnsweringTarget):
    """A callable `x -> answers`: probabilities, logits, margins or labels."""

    made_of: ClassVar[str] = "a function `x -> probabilities, logits or labels`"
    rank: ClassVar[int] = 95  # objects of other kinds may be callable too

    function: Any

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Can the object be called? A class makes models, and is none."""
        return callable(given) and not isinstance(given, type)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the function."""
        return cls(function=given)

    @property
    def description(self) -> str:
        """The function's name, and what it gives."""
        return f"{self.name.removeprefix('the ')}{self.described}"

    @property
    def name(self) -> str:
        """The function's own name, or the class of an object that can be called."""
        return f"the function {getattr(self.function, '__name__', type(self.function).__name__)}"

    def answers(self, x: Any) -> Any:
        """What the function returns for records x (n, ...), which are of the kind that the user gave."""
        return self.function(native(x))
