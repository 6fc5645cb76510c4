"""Names for the array types that pass between folders.

Letters, the same everywhere: n records, M models, R references, S shadows, C classes, Z population records.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64] | npt.NDArray[np.str_]  # whole numbers or text
