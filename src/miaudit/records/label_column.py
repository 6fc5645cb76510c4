"""Finds the column that holds the true class in a table of records."""

from miaudit.errors import UserError
from miaudit.messages import did_you_mean, listed, shortened

USUAL = ("label", "labels", "y", "target", "class", "outcome", "diagnosis")  # names of the column


def label_column(names: list[str], label: str | None = None) -> str:
    """The column of the true class; raises UserError where it is not there, or several or none have a usual name.

    >>> label_column(["age", "Class"])
    'Class'
    """
    if label is not None:
        if label not in names:
            raise UserError(f"there is no column {shortened(label)} of labels: {did_you_mean(label, names)}")
        return label
    found = label_candidates(names)
    if len(found) == 1:
        return found[0]
    came = f"{listed(found)}, which could each be it" if found else f"the columns {listed(names)}"
    raise UserError(
        f"expected a column of the true class, got {came}: name it by --label (`label` in a configuration); in Python, "
        "give features and labels as a pair (x, y)"
    )


def truth_columns(names: list[str], label: str | None = None) -> list[str]:
    """The columns of the truth, which need not be classes; empty where there are none.

    Args:
        names: of all columns.
        label: the name of a column, or several names with commas; None for the one with a usual name.

    Raises:
        UserError: a column is not there, or several have a usual name.

    >>> truth_columns(["x", "rain", "snow"], "rain,snow"), truth_columns(["x", "z"])
    (['rain', 'snow'], [])
    """
    if label is not None and label not in names and "," in label:
        return [label_column(names, name.strip()) for name in label.split(",")]
    return [label_column(names, label)] if label is not None or label_candidates(names) else []


def label_candidates(names: list[str]) -> list[str]:
    """The columns that are called as the true class usually is."""
    return [name for name in names if name.strip().lower() in USUAL]
