"""Views of tables with texts, dates and categories: single cells take the values of other records."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa

from miaudit.arrays import Ints
from miaudit.features.base import Inputs
from miaudit.features.table import Table
from miaudit.views.base import Given, Maker
from miaudit.views.draws import donors, some, uniforms

CHANGED = 0.1  # share of a record's cells that a view changes, at least one


@dataclass(frozen=True)
class Cells(Maker):
    """Some cells of each record take the value that another record has in the column."""

    seed: int

    @classmethod
    def of(cls, given: Given) -> Self | None:
        """Views of the records where they are a table with columns of any type; None for others."""
        return cls(given.seed) if isinstance(given.x, Table) else None

    @property
    def words(self) -> str:
        """How these views differ from the record, as pages say it."""
        return f"about {CHANGED:.0%} of the cells, at least one, with the value of another record"

    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """The rows (n,) of the table with some cells changed."""
        changed = some(uniforms(rows, len(x.names), self.seed, "cells", number), CHANGED)
        others = donors(rows, len(x), self.seed, "donor", number)
        source = [*range(len(x.names)), *x.marked]  # a mark of a missing value goes with its cell
        columns = [
            x.table.column(place).take(pa.array(np.where(changed[:, of], others, rows)))
            for place, of in enumerate(source)
        ]
        return replace(x, table=pa.table(columns, schema=x.table.schema))
