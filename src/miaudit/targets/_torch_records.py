"""The type of records that a torch model takes."""

from collections.abc import Callable
from typing import Any

import numpy as np


def dtype_that_fits(answers: Callable[[Any], Any], x: Any) -> type:
    """Single precision, unless the records are whole numbers that the model takes as nothing else.

    Args:
        answers: asks the model.
        x: (n, ...) records as the user gives them.
    """
    if getattr(x, "dtype", np.dtype(float)).kind not in "iu" or _takes(answers, x[:2], np.float32):
        return np.float32
    return np.int64 if _takes(answers, x[:2], np.int64) else np.float32


def _takes(answers: Callable[[Any], Any], x: Any, dtype: type) -> bool:
    try:
        answers(np.asarray(x).astype(dtype))
    except Exception:  # whatever a module raises; what is wrong is told when it is asked
        return False
    return True
