"""Collects the columns that may hold the outputs of the model."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from miaudit.errors import UserError
from miaudit.evidence.io.groups import DOCUMENTED
from miaudit.evidence.io.names import PREDICTED, SAYS, plain, stem_of
from miaudit.reading.columns import Columns, is_number
from miaudit.reading.hints import Hints

NUMERIC = (
    "int",
    "uint",
    "float",
    "double",
    "halffloat",
    "decimal",
)  # first letters of the names of Arrow's numeric types


@dataclass(frozen=True, eq=False)
class Candidates:
    """The free columns of a table, the label, and the user's hints."""

    columns: Columns
    free: list[str]  # names of the columns that have no other role
    label: str  # the column of the true class
    labels: list[str]  # its different values
    hints: Hints

    @cached_property
    def predicted(self) -> list[str]:
        """Columns of the class that the model chose, by their names and values."""
        return [name for name in self.free if self._is_predicted(name)]

    @cached_property
    def numeric(self) -> list[str]:
        """Other columns whose first cell is a number; columns with documented names always count."""
        return [name for name in self.free if name not in self.predicted and self._is_numeric(name)]

    @cached_property
    def confidences(self) -> list[str]:
        """Columns that have a usual name of outputs, without a class."""
        return [name for name in self.numeric if stem_of(name) in SAYS]

    def _is_predicted(self, name: str) -> bool:
        if name in (f"prediction({self.label})", f"Prediction ({self.label})"):
            return True
        return plain(name) in PREDICTED and self._is_whole(name)

    def _is_whole(self, name: str) -> bool:
        """Are its cells words, or whole numbers?"""
        try:
            values = self.columns.numbers(name)
        except UserError:
            return True
        with np.errstate(invalid="ignore"):
            return bool((values % 1 == 0).all())

    def _is_numeric(self, name: str) -> bool:
        if DOCUMENTED.fullmatch(name):
            return True
        if not self.columns.is_text(name):
            return str(self.columns.arrays[name].type).startswith(NUMERIC)
        filled = self.columns.arrays[name].drop_null()
        return bool(len(filled)) and is_number(str(filled[0].as_py()).replace(self.columns.decimal, "."))
