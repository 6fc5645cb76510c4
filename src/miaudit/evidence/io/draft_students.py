"""Reads the students of a panel's target from a file."""

from dataclasses import replace

from miaudit.errors import UserError
from miaudit.evidence.checks import check_flags
from miaudit.evidence.io.checks import check_outputs
from miaudit.evidence.io.draft import Draft
from miaudit.evidence.panel import Panel, Students


def with_students(draft: Draft, panel: Panel) -> Panel:
    """Add the students to a panel that was built without them; it is returned as it is where the file has none.

    Args:
        draft: the panel as the file has it.
        panel: the panel.

    Raises:
        UserError: outputs or flags are missing, or do not fit the panel.
    """
    outputs, flags = draft.students, draft.taught
    if outputs is None and flags is None:
        return panel
    if outputs is None or flags is None:
        there, missing = ("taught", "students.logits") if outputs is None else ("students", "taught")
        raise UserError(f"{draft.name}.{there}: expected {draft.name}.{missing} beside it, got none")
    check_outputs(outputs, len(panel))
    if outputs.tensor.shape[2] != panel.n_classes:
        raise UserError(
            f"{outputs.name}: expected {panel.n_classes} classes, as their teacher has, got {outputs.tensor.shape[2]}"
        )
    taught = check_flags(flags, (len(outputs), len(panel)))
    return replace(panel, students=Students(outputs.view(panel.labels), taught))
