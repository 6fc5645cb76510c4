"""Puts into the result how a table of predictions was understood."""

from miaudit.auditing.result import PredictionsRead
from miaudit.evidence.io.understood import Understood


def predictions_read(understood: Understood | None) -> PredictionsRead | None:
    """The roles of the columns; None where no table was read."""
    if understood is None:
        return None
    ranked = tuple(name for pair in understood.ranked for name in pair if name is not None)
    return PredictionsRead(
        outputs=understood.columns or ranked,
        form=understood.form,
        classes=understood.classes,
        label=understood.label,
        member=understood.member,
        ids=understood.ids,
        kept=understood.kept,
    )
