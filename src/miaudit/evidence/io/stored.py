"""Holds outputs that stay in their file until they are used."""

from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.evidence.io.source import Tensor
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import View
from miaudit.model_outputs import OutputKind


@dataclass(frozen=True, eq=False)
class Stored(LazyOutputs):
    """Outputs of M models on n records as they lie in a file; item m is (n, C)."""

    name: str  # what the user calls them
    tensor: Tensor  # (M, n, C), of a large file not read yet
    kind: OutputKind

    def __len__(self) -> int:
        return len(self.tensor)

    def read(self, model: int) -> Floats:
        """Read a model's outputs (n, C) from the file."""
        outputs: Floats = np.asarray(self.tensor[model])
        return outputs

    def view(self, labels: Ints) -> View:
        """View all of the models on all of the records, whose classes are the labels (n,)."""
        return View.whole(Outputs(labels, self, self.kind))
