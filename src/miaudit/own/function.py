"""The user's training function: what it takes, and how it is called."""

import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from miaudit.address import Address
from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.own.surroundings import listening, seeded
from miaudit.source.located import function_at

EXPECTED = "expected a function train(x, y, seed) -> model, optionally with x_val and y_val"
SEEDS = ("seed", "random_state")  # names that the argument for the seed may have
VALIDATION = ("x_val", "y_val")


class Lesson(NamedTuple):
    """The data that one model is trained on."""

    x: Any  # (n, ...)
    y: Ints  # (n,)
    seed: int
    x_val: Any = None  # (v, ...) for early stopping
    y_val: Ints | None = None


NOTHING = Lesson((), np.arange(0), 0)


class Made(NamedTuple):
    """The outcome of a call of the function."""

    model: Any
    printed: str  # the last line that it printed; empty for none


@dataclass(frozen=True, eq=False)
class TrainingFunction:
    """A function that trains a model, of whatever framework."""

    call: Callable[..., Any]
    name: str  # such as "train() of fit.py"
    seed: str | None  # name of the argument for the seed; None where it takes none
    takes_validation: bool

    @classmethod
    def of(cls, given: object) -> Self:
        """The function, or the one that a text such as "fit.py:train" names.

        Raises:
            UserError: it is no function, cannot be found, or takes other arguments.

        >>> TrainingFunction.of(lambda x, y, seed: len(x)).seed
        'seed'
        """
        if isinstance(given, str):
            address = Address.read(given)
            address.check_options()
            given = function_at(address)
        if isinstance(given, type) or not callable(given):
            advice = "; give an estimator as `recipe`" if hasattr(given, "get_params") else ""
            raise UserError(f"{EXPECTED}; got {shortened(given)}{advice}")
        name = _name_of(given)
        try:
            signature = inspect.signature(given)
        except ValueError as error:  # of compiled code
            raise UserError(f"{EXPECTED}; the signature of {name} cannot be read: {error}") from None
        taken = signature.parameters
        variadic = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in taken.values())
        seed = next((name for name in SEEDS if name in taken), SEEDS[0] if variadic else None)
        function = cls(given, name, seed, all(name in taken for name in VALIDATION))
        try:
            signature.bind(None, None, **function._named(NOTHING))
        except TypeError as error:
            raise UserError(f"{EXPECTED}; {name} takes {signature}: {error}") from None
        return function

    def train(self, lesson: Lesson) -> Made:
        """Train one model by a call of the user's function.

        Raises:
            UserError: it raises, or returns nothing.
        """
        told = f"{self.name}, given {len(lesson.y):,} records"
        with listening() as heard, seeded(lesson.seed):
            try:
                model = self.call(lesson.x, lesson.y, **self._named(lesson))
            except (Exception, SystemExit) as error:
                said = f"; the last line that it printed: {heard.last}" if heard.last else ""
                raise UserError(f"{told}, failed{self._place(error)}: {_reason(error)}{said}") from error
        if model is None:
            raise UserError(f"{told}, returned None: end it by `return model`")
        return Made(model, heard.last)

    def _named(self, lesson: Lesson) -> dict[str, Any]:
        """The arguments that are given by name."""
        seed = {} if self.seed is None else {self.seed: lesson.seed}
        return seed | ({"x_val": lesson.x_val, "y_val": lesson.y_val} if self.takes_validation else {})

    def _place(self, error: BaseException) -> str:
        """The last line of the function's file that ran."""
        code = getattr(_innermost(self.call), "__code__", None)
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
        if not own:
            return ""
        line = f" ({own[-1].line})" if own[-1].line else ""
        return f" in line {own[-1].lineno}{line}"


def _innermost(function: Any) -> Any:
    """The function within decorators and functools.partial."""
    return inspect.unwrap(getattr(function, "func", function))


def _name_of(function: Any) -> str:
    inner = _innermost(function)
    name = getattr(inner, "__name__", type(inner).__name__)
    file = getattr(getattr(inner, "__code__", None), "co_filename", "")
    return f"{name}() of {Path(file).name}" if file.endswith(".py") else f"{name}()"


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
