"""Describes the outputs that were found in a table."""

from typing import NamedTuple

import numpy as np

from miaudit.errors import UserError
from miaudit.evidence.io.candidates import Candidates
from miaudit.evidence.io.forms import form_of, outputs_told
from miaudit.evidence.io.groups import Group
from miaudit.evidence.io.understood import Ranked
from miaudit.reading.hints import Form


class Outs(NamedTuple):
    """Columns of outputs, and what kind of numbers they are."""

    group: Group
    form: Form
    told: tuple[str, ...] = ()  # sentences on what is not in the documented form
    ranked: Ranked = ()

    @property
    def used(self) -> tuple[str, ...]:
        """All columns that these outputs are read from."""
        return (*self.group.columns, *(name for pair in self.ranked for name in pair if name is not None))


def formed(among: Candidates, group: Group) -> Outs:
    """The group with the kind of its numbers; raises UserError where their range fits several kinds."""
    if among.hints.outputs == "labels":
        raise UserError("--outputs labels: expected no --probabilities beside it, as the predicted class alone is read")
    values = np.stack([among.columns.numbers(name) for name in group.columns], axis=1)
    form = form_of(values, group.columns, group.says, among.hints.outputs)
    return Outs(group, form, outputs_told(group, form))
