"""Guards calls of code that is not miaudit's: a user's model, or a plug-in of another package."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError


@contextmanager
def foreign(what: str, records: int) -> Iterator[None]:
    """Turn any exception in the block into a UserError that names the call and the number of records.

    UserErrors and interrupts pass unchanged.

    Args:
        what: the model and the call, such as "Net.forward".
        records: how many it was given.

    Raises:
        UserError: the block raised an exception.

    Example:
        >>> with foreign("Net.forward", 3):
        ...     raise TimeoutError("no answer")
        Traceback (most recent call last):
        miaudit.errors.UserError: Net.forward failed on 3 records: TimeoutError: no answer
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        said = f": {error}" if str(error) else ""
        asked = f"{records:,} record{'s' if records != 1 else ''}"
        raise UserError(f"{what} failed on {asked}: {type(error).__name__}{said}") from error


def is_foreign(thing: object) -> bool:
    """Does the object's class come from another package or from the user?"""
    return not type(thing).__module__.startswith("miaudit.")


def as_array(values: Any) -> npt.NDArray[Any]:
    """The result of foreign code as an array; a tensor is detached and moved to the CPU."""
    plain = values.detach().cpu() if hasattr(values, "detach") else values
    return np.asarray(plain)
