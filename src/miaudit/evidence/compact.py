"""Tables of outputs that hold only what some panels read of larger ones."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Panel, View

IN_MEMORY = 2.0**28  # bytes, usually


@dataclass(frozen=True, eq=False)
class Part(LazyOutputs):
    """Outputs of some models of a table on some of its records."""

    outputs: Outputs
    models: Ints  # (M,)
    records: Ints  # (n,)

    def __len__(self) -> int:
        return len(self.models)

    @property
    def nbytes(self) -> int:
        """Bytes of all of it."""
        return len(self) * len(self.records) * self.outputs.values[0][:1].nbytes

    def read(self, model: int) -> Floats:
        """Outputs (n, C) of one of the models."""
        return self.outputs.values[int(self.models[model])][self.records]


class Compact:
    """For each table that panels read, one of just the models and records that they read of it.

    Panels that shared a table share the small one, and signals are computed once for all of them.
    """

    def __init__(self, panels: Iterable[Panel], most: float = IN_MEMORY) -> None:
        """Find out what the panels read.

        Args:
            panels: the panels.
            most: bytes up to which the outputs are read now and kept; where they take more, they are read whenever they
                are asked for.
        """
        views: dict[int, list[View]] = {}
        for panel in panels:
            for view in panel.table_views():
                views.setdefault(id(view.outputs), []).append(view)
        self._parts = {name: _part(seen) for name, seen in views.items()}
        in_memory = sum(part.nbytes for part in self._parts.values()) <= most
        self._tables = {name: _table(part, in_memory) for name, part in self._parts.items()}

    def view(self, view: View) -> View:
        """The same view of the small table."""
        part, table = self._parts[id(view.outputs)], self._tables[id(view.outputs)]
        return View(table, np.searchsorted(part.models, view.models), np.searchsorted(part.records, view.records))


def _part(views: list[View]) -> Part:
    """What all these views of one table see."""
    models, records = (
        np.unique(np.concatenate(seen)) for seen in zip(*((v.models, v.records) for v in views), strict=True)
    )
    return Part(views[0].outputs, models, records)


def _table(part: Part, in_memory: bool) -> Outputs:
    return part.outputs.over(part.outputs.labels[part.records], list(part) if in_memory else part)
