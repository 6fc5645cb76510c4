"""Forecasts how long training one of an audit's models takes, from a small part of it."""

import numpy as np

from miaudit.datasets.base import Dataset
from miaudit.running.units import STACK
from miaudit.running.work import Work
from miaudit.training.data import Records
from miaudit.training.timing import Case


def seconds_per_model(work: Work, data: Dataset, together: int = 1, device: str = "cpu") -> float | None:
    """Seconds to train and ask one model on one thread, or on a GPU; None if that is unknown before the start.

    Args:
        work: the model, and the rows that it is asked about.
        data: the records.
        together: number of models that a process trains, at once if they are stacked.
        device: the device that the model is trained on.

    Raises:
        UserError: the model cannot be trained.
    """
    records = Records(data.x, data.y, data.classes)
    asked = np.tile(work.query, len(work.keys))  # once for each view
    case = Case(records, work.job.subset, asked, min(STACK, together), device)
    return work.job.recipe.seconds_per_model(case)
