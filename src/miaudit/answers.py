"""What a model answers: logits, probabilities or labels, for every class or for class 1 alone; and how that is read.

The form is found once, over a sample of records, and then stays the same for the model: a batch that happens to look
different is not read differently.
"""

from typing import NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.forms import AskedForm, Form
from miaudit.guard import as_array
from miaudit.messages import shortened
from miaudit.model_outputs import PERCENT_SUMS, ROUNDING, ModelOutputs, OutputKind, checked, from_percent, sum_tolerance

SAMPLE = 200  # records over which a form is found
WORDS: dict[Form, tuple[str, str]] = {  # for all classes, and for class 1 of two
    "logits": ("logits", "the logit of class 1"),
    "log_probabilities": ("log-probabilities", "the log-probability of class 1"),
    "probabilities": ("probabilities", "the probability of class 1"),
    "percent": ("probabilities in per cent", "the probability of class 1 in per cent"),
    "margins": ("margins", "the margin of class 1"),
    "labels": ("labels, one-hot", "labels"),
}


class AnswerForm(NamedTuple):
    """How a model's answers are read."""

    form: Form = "logits"
    single: bool = False  # one number per record: that of class 1 of two, or the label

    @property
    def words(self) -> str:
        """What the model gives, in words, such as "the probability of class 1"."""
        return WORDS[self.form][self.single]

    @property
    def labels_only(self) -> bool:
        """Does the model say which class, and not how sure it is?"""
        return self.form == "labels"

    @property
    def kind(self) -> OutputKind:
        """The kind of the outputs that are read from the answers."""
        from_exponent = self.form == "log_probabilities" and self.single
        return "probs" if from_exponent or self.form in ("probabilities", "percent", "labels") else "logits"

    def read(self, name: str, answers: npt.ArrayLike, records: int, classes: int | None = None) -> ModelOutputs:
        """Turn the model's answers into outputs (n, C); equal answers give equal outputs.

        A single probability p becomes 1 - p and p, a single logit z becomes 0 and z, a label per row with a single 1.
        Log-probabilities are logits, and so are margins.

        Args:
            name: the model's name, for messages.
            answers: (n,), (n, 1) or (n, C); tensors and lists too.
            records: n, the number of records that it was asked about.
            classes: C, where it is known; labels need it, or the highest one decides.

        Raises:
            UserError: the answers do not have the form.

        >>> AnswerForm("probabilities", single=True).read("the net", [0.25, 1.0], 2).values
        array([[0.75, 0.25],
               [0.  , 1.  ]])
        """
        values = as_array(answers)
        if self.form == "percent" and values.dtype.kind in "biuf":
            values = from_percent(values)
        if not self.single:
            return checked(name, values, self.kind, records, classes)
        column = self._column(name, values, records)
        if self.form == "labels":
            return ModelOutputs(_one_hot(name, column, classes), "probs")
        return checked(name, self._two_columns(column.astype(np.float64)), self.kind, records, classes)

    def _column(self, name: str, values: npt.NDArray[np.generic], records: int) -> npt.NDArray[np.generic]:
        if values.shape not in ((records,), (records, 1)) or values.dtype.kind not in "biuf":
            raise UserError(
                f"{name}, asked about {records:,} records: expected {self.words}, a number for each of them, it gave "
                f"{values.dtype} {values.shape}"
            )
        return values.reshape(records)

    def _two_columns(self, column: Floats) -> Floats:
        if self.form == "log_probabilities":
            column = np.exp(column)
        other = 1 - column if self.kind == "probs" else np.zeros_like(column)
        return np.stack([other, column], axis=1)


LOGITS = AnswerForm()


class Answerer(NamedTuple):
    """A kind of model, and how the answers of such models are read."""

    kind: str  # name of the class of target
    asked: AskedForm


UNKNOWN = Answerer("", "auto")


def form_of_answers(name: str, answers: npt.ArrayLike, asked: AskedForm = "auto") -> AnswerForm:
    """The form that a model's answers have.

    Whole numbers or truth values, one per record, are labels. Other single numbers are the probability of class 1 of
    two if all lie in [0, 1], else its logit. Rows in [0, 1] that sum to 1 are probabilities, rows without a negative
    number that sum to 100 are these in per cent, rows without a positive number whose exponentials sum to 1 are
    log-probabilities, and all others are logits.

    Args:
        name: the model's name, for messages.
        answers: (n,), (n, 1) or (n, C) about a sample of records.
        asked: what the user says that they are; "auto" to find out.

    Raises:
        UserError: the answers could be several things, or have another shape.

    >>> form_of_answers("the net", [[0.25], [0.75]]).words
    'the probability of class 1'
    >>> form_of_answers("the net", [[2.0, -1.0], [0.5, 3.0]]).words
    'logits'
    """
    if asked not in get_args(AskedForm):
        raise UserError(f"expected outputs to be one of {', '.join(get_args(AskedForm))}; got {shortened(asked)}")
    values = as_array(answers)
    if values.ndim not in (1, 2) or 0 in values.shape or values.dtype.kind not in "biuf":
        raise UserError(
            f"{name}: expected a number for each record, or a row (C,) with one for each class; got {values.dtype} "
            f"{values.shape}"
        )
    single = values.ndim == 1 or values.shape[1] == 1
    if asked != "auto":
        return AnswerForm(asked, single)
    rows = values.reshape(len(values), -1)
    return AnswerForm(_form_of_column(name, rows) if single else _form_of_rows(name, rows), single)


def _form_of_column(name: str, column: npt.NDArray[np.generic]) -> Form:
    if column.dtype.kind in "biu":
        return "labels"
    numbers = _finite(column)
    inside = bool(((numbers >= 0) & (numbers <= 1)).all())
    if numbers.size and (numbers == numbers.round()).all() and (numbers >= 0).all():
        other: Form = "probabilities" if inside else "logits"
        raise _ambiguous(name, "nothing but whole numbers", "labels", other)
    if not inside and (numbers >= 0).all() and (numbers <= 100).all():
        raise _ambiguous(name, "numbers from 0 to more than 1", "percent", "logits")
    return "probabilities" if inside else "logits"


def _form_of_rows(name: str, values: npt.NDArray[np.generic]) -> Form:
    rows = _finite(values)
    if rows.min(initial=0.0) >= 0 and rows.max(initial=0.0) <= 1 + ROUNDING:
        if _sum_to_one(rows):
            return "labels" if values.dtype.kind in "biu" else "probabilities"
        raise _ambiguous(name, "numbers in [0, 1] whose rows do not sum to 1", "logits", "probabilities")
    if rows.size and rows.min() >= 0 and (np.abs(rows.sum(axis=1) - 100) <= 100 * PERCENT_SUMS).all():
        return "percent"
    logs = np.asarray(logsumexp(rows, axis=1))
    normalised = rows.max(initial=0.0) <= ROUNDING and bool((np.abs(logs) <= sum_tolerance(rows)).all())
    return "log_probabilities" if normalised else "logits"


def _finite(values: npt.NDArray[np.generic]) -> Floats:
    """Rows (m, C) without those that hold NaN or infinity, which are refused when they are read.

    Single precision stays, since rounded numbers look rounded in their own precision alone.
    """
    rows: Floats = values.astype(np.float32 if values.dtype == np.float32 else np.float64, copy=False)
    finite: Floats = rows[np.isfinite(rows).all(axis=1)]
    return finite


def _sum_to_one(rows: Floats) -> bool:
    return bool((np.abs(rows.sum(axis=1, dtype=np.float64) - 1) <= sum_tolerance(rows)).all())


def _ambiguous(name: str, came: str, first: Form, second: Form) -> UserError:
    return UserError(
        f"{name}: it gives {came}, which could be {first} or {second}; say which by outputs={first!r} or "
        f"outputs={second!r} (on the command line --outputs)"
    )


def _one_hot(name: str, labels: npt.NDArray[np.generic], classes: int | None) -> Floats:
    """Rows (n, C) with a 1 at the label (n,)."""
    numbers = labels.astype(np.float64)
    if not (np.isfinite(numbers) & (numbers >= 0) & (numbers == numbers.round())).all():
        raise UserError(f"{name}: expected labels 0, 1, ..., got {shortened(numbers[:5].tolist())}")
    highest = int(numbers.max(initial=0))
    columns = max(highest + 1, 2) if classes is None else classes
    if highest >= columns:
        raise UserError(f"{name}: expected labels 0 to {columns - 1}, got {highest}")
    one_hot: Floats = np.eye(columns)[numbers.astype(np.int64)]
    return one_hot
