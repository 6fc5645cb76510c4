"""Finds what kind of numbers per model's outputs are, by names and range, and converts each kind."""

import numpy as np
from scipy.special import logsumexp

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError
from miaudit.evidence.io.groups import Group
from miaudit.messages import listed
from miaudit.model_outputs import PERCENT_SUMS, ROUNDING, OutputKind, from_percent
from miaudit.reading.hints import Form

SUMS = 0.02  # largest difference from 1 of the sum of a rounded row
MOST = 0.5  # share of the rows from which a property counts as the rule
NOUNS: dict[Form, str] = {
    "probabilities": "Probabilities",
    "percent": "Probabilities in per cent",
    "logits": "Logits",
    "log_probabilities": "Logarithms of probabilities",
    "labels": "Classes",
    "loss": "Losses",
    "score": "Scores",
}


def outputs_told(group: Group, form: Form) -> tuple[str, ...]:
    """Sentences on the columns of the outputs, where they are not in the documented form."""
    columns = group.columns
    span, noun = f"{columns[0]} to {columns[-1]}", NOUNS[form]
    if len(columns) == 1:
        positive, other = group.classes[1], group.classes[0]
        if form == "probabilities":
            rest = f"1 - {columns[0]} that of {other}"
            return (f"Column {columns[0]!r} holds the probability of class {positive}, and {rest}.",)
        return (f"{noun} of class {positive} are in column {columns[0]!r}; the other class is {other}.",)
    if group.matching == "name":
        return (f"{noun} are in the columns {listed(columns)}, which are matched to the labels by name.",)
    numbers = () if form == "probabilities" else (f"{noun} are in the columns {span}.",)
    if group.matching == "number":
        return (f"Classes are numbered from {group.classes[0]}, in the labels and in the columns {span}.", *numbers)
    if group.matching == "order":
        return (f"The columns {span} are those of the classes {listed(group.classes)}, in this order.", *numbers)
    return numbers


def form_of(values: Floats, names: tuple[str, ...], says: Form | None, asked: Form | None) -> Form:
    """The kind of outputs (n, C), or of one column (n, 1), of a binary model.

    Args:
        values: the numbers in the table.
        names: the names of the columns, for messages.
        says: the kind that the names suggest; None if they suggest none.
        asked: the kind that the user names, which decides.

    Raises:
        UserError: the range fits several kinds.
    """
    if asked is not None:
        return asked
    known = values[~np.isnan(values).any(axis=1)]
    if says == "percent":
        _refuse_shares(known, names)
    if says in ("logits", "log_probabilities", "percent"):
        return says
    if not len(known) or (known.min() >= 0 and known.max() <= 1 + ROUNDING):
        return "probabilities"
    found = _of_column(known, names) if known.shape[1] == 1 else _of_rows(known)
    if says == "probabilities" and found in ("logits", "log_probabilities"):
        if found == "logits" and not _mostly(known.min(axis=1) < 0, known):
            return "probabilities"  # the range is checked later
        raise UserError(
            f"columns {listed(names)}: expected probabilities, as their names say, got numbers from {known.min():g} to "
            f"{known.max():g}; if these are logits, say so by --outputs logits"
        )
    return found


def _refuse_shares(known: Floats, names: tuple[str, ...]) -> None:
    """Raise UserError where numbers that are called per cent may be shares of 1."""
    if len(known) and known.max() <= 1:
        raise UserError(
            f"columns {listed(names)}: expected per cent, as their names say, got none above {known.max():g}, which "
            "may be shares of 1; say which by --outputs percent or --outputs probabilities"
        )


def _of_rows(known: Floats) -> Form:
    """The kind of rows of several classes, some of whose values are outside [0, 1]."""
    inside: Bools = known.min(axis=1) >= 0
    shares: Bools = known.max(axis=1) <= 1
    if _mostly(inside & (np.abs(known.sum(axis=1) - 100) <= 100 * PERCENT_SUMS), known):
        return "percent"
    if _mostly(inside & (np.abs(known.sum(axis=1) - 1) <= SUMS), known):
        return "probabilities"  # with a few mistakes, which are reported later
    logs: Floats = np.asarray(logsumexp(known, axis=1), dtype=np.float64)
    if (known <= ROUNDING).all() and _mostly(np.asarray(np.abs(logs) <= SUMS), known):
        return "log_probabilities"
    if (known >= 0).all() and (known <= 100).all() and _mostly(shares, known):
        return "probabilities"
    return "logits"


def _of_column(known: Floats, names: tuple[str, ...]) -> Form:
    if known.min() < 0:
        return "logits"
    if known.max() <= 100:
        raise UserError(
            f"column {names[0]!r}: expected probabilities, got numbers from {known.min():g} to {known.max():g}, which "
            "may be per cent or logits; say which by --outputs percent or --outputs logits"
        )
    return "logits"


def _mostly(rows: Bools, known: Floats) -> bool:
    return bool(rows.sum() > MOST * len(known))


def read_form(values: Floats, form: Form) -> tuple[Floats, OutputKind]:
    """Outputs (..., C) in the form in which evidence holds them; one column becomes the two of a binary model."""
    if form in ("loss", "score"):
        return values, form
    if form == "percent":
        values = from_percent(values)
    if values.shape[-1] == 1:
        first = np.zeros_like(values) if form == "logits" else 1 - values
        if form == "log_probabilities":
            return np.concatenate([1 - np.exp(values), np.exp(values)], axis=-1), "probs"
        values = np.concatenate([first, values], axis=-1)
    return values, "logits" if form in ("logits", "log_probabilities") else "probs"
