"""Names for the array types that pass between folders.

Letters, the same everywhere: n records, M models, R references, S shadows, C classes, Z population records.
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64] | npt.NDArray[np.str_]  # whole numbers or text
Tensors = dict[str, npt.NDArray[Any]]  # arrays by name, as models are stored

Array = TypeVar("Array", bound=np.ndarray[Any, Any])


def read_only(array: Array) -> Array:
    """A view of the array that cannot be written to; the array itself stays as it is."""
    view = array.view()
    view.flags.writeable = False
    return view
