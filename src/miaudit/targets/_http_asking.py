"""Asks an endpoint about records, each record once: every batch of answers is checked and kept before the next."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.answers import AnswerForm
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.features.base import Inputs
from miaudit.running.base import Progress
from miaudit.targets._http_answers import Answers, names_of
from miaudit.targets._http_connection import Connection
from miaudit.targets._http_forms import Form
from miaudit.targets._http_numbers import as_rows

STAGE = "queries"  # what progress is reported as
TOLERANCE = 1e-5  # absolute and relative, within which two answers about one record are the same
COLUMNS, WHOLE, SERVED, REPEATED = "columns", "whole", "served", "repeated"  # facts that are noted with the answers


class Repeated(NamedTuple):
    """How the answers agreed on records that were asked about twice."""

    records: int
    difference: float  # the largest between two answers about one record

    @property
    def same(self) -> bool:
        """Were all answers the same within the tolerance?"""
        return self.difference == 0.0


class Habits(NamedTuple):
    """The settings with which records are sent."""

    name: str  # of the endpoint, for messages
    form: AnswerForm | None  # of the answers, where it is known: those that lack it are not kept
    batch: int
    repeats: int
    budget: int | None
    progress: Progress


@dataclass(frozen=True, eq=False)
class Asking:
    """A conversation with an endpoint."""

    habits: Habits
    connection: Connection
    open_form: Callable[[Connection], Form]  # called before the first request alone: a full cache needs no endpoint
    answers: Answers

    def about(self, x: Inputs) -> npt.NDArray[Any]:
        """The answers (n, k) about records (n, ...); only those that were never answered are sent.

        They are in float64, or in int64 where the endpoint has given nothing but whole numbers without a point.

        Raises:
            UserError: the budget does not suffice, the endpoint fails, or its answers are not what they should be.
        """
        self.check_budget(x)
        self.probe(x)
        rows = self._answered(x)
        return rows.astype(np.int64) if self.answers.fact(WHOLE) == "true" else rows

    def needed(self, x: Inputs) -> int:
        """Number of records that have to be sent for the answers about these."""
        names = names_of(x)
        unknown = len(set(names)) - len(self.answers.of(names))
        return unknown + (0 if self._is_probed else len(set(names[: self.habits.repeats])))

    def check_budget(self, x: Inputs) -> None:
        """Raise UserError, before anything is sent, where the budget does not suffice for these records."""
        budget, needed = self.habits.budget, self.needed(x)
        left = None if budget is None else budget - self.connection.meter.sent
        if left is not None and needed > left:
            raise UserError(
                f"{self.habits.name} would be asked about {needed:,} records, more than `budget` allows ({left:,} of "
                f"{budget:,} left): raise it, or audit fewer records; nothing was sent"
            )

    def probe(self, x: Inputs) -> None:
        """Ask about the first records twice, in another order, and note whether the answers are the same.

        Raises:
            UserError: the answers come in another order than the records.
        """
        if self._is_probed or not len(x):
            return
        _, first = np.unique(np.array(names_of(x[: self.habits.repeats])), return_index=True)
        twice = x[np.sort(first)]
        once, again = self._answered(twice), self._ask_all(twice[::-1])[::-1]
        if not _same(once, again) and _same(_sorted(once), _sorted(again)):
            raise UserError(
                f"{self.habits.name} gives its answers in another order than the records were sent in: set batch=1, "
                "and choose another `cache`"
            )
        difference = 0.0 if _same(once, again) else float(np.abs(once - again).max())
        self.answers.note(REPEATED, json.dumps(Repeated(len(twice), difference)))

    @property
    def _is_probed(self) -> bool:
        return self.habits.repeats == 0 or self.answers.fact(REPEATED) is not None

    def _answered(self, x: Inputs) -> Floats:
        names = names_of(x)
        known = self.answers.of(names)
        rows = dict(zip(reversed(names), reversed(range(len(x))), strict=True))  # the first one of equal records
        unknown = np.array(sorted(row for name, row in rows.items() if name not in known), dtype=np.int64)
        if unknown.size:
            self._ask_and_keep(x, unknown, names)
            known = self.answers.of(names)
        widths = {len(row) for row in known.values()}
        if len(widths) > 1:
            raise UserError(f"the cache {self.answers.path} is damaged: remove it, or choose another `cache`")
        return np.stack([known[name] for name in names])

    def _ask_and_keep(self, x: Inputs, rows: npt.NDArray[np.int64], names: list[bytes]) -> None:
        for start in range(0, len(rows), self.habits.batch):
            part = rows[start : start + self.habits.batch]
            answered = self._ask(x[part])
            self._note(answered)
            self.answers.keep([names[row] for row in part], answered.astype(np.float64))
            self.habits.progress(STAGE, start + len(part), len(rows))

    def _note(self, answered: npt.NDArray[Any]) -> None:
        """Keep the number of columns, and whether all answers are whole, which their double precision does not show."""
        if self.answers.fact(COLUMNS) is None:
            self.answers.note(COLUMNS, str(answered.shape[1]))
        if self.answers.fact(WHOLE) != "false":
            self.answers.note(WHOLE, json.dumps(answered.dtype.kind in "biu"))

    def _ask_all(self, x: Inputs) -> Floats:
        """The answers (n, k) as the endpoint gives them now; they are not kept."""
        batch = self.habits.batch
        return np.concatenate([self._ask(x[start : start + batch]) for start in range(0, len(x), batch)])

    @cached_property
    def _form(self) -> Form:
        form = self.open_form(self.connection)
        before = self.answers.fact(SERVED)
        if before is not None and before != form.served:
            raise UserError(
                f"{self.habits.name} now serves another model ({form.served}) than the one whose answers are kept "
                f"({before}): remove {self.answers.path}, or choose another `cache`"
            )
        if before is None:
            self.answers.note(SERVED, form.served)
        return form

    def _ask(self, x: Inputs) -> npt.NDArray[Any]:
        """Checked answers (n, k) about one batch."""
        answer = self.connection.post(self._form.url, self._form.body(x), len(x))
        noted = self.answers.fact(COLUMNS)
        rows = as_rows(self.habits.name, self._form.values(answer), len(x), None if noted is None else int(noted))
        if self.habits.form is not None:
            self.habits.form.read(self.habits.name, rows, len(x))
        return rows


def repeated(answers: Answers) -> Repeated | None:
    """Compare the answers on records that were asked about twice; None where there were none."""
    noted = answers.fact(REPEATED)
    return None if noted is None else Repeated(*json.loads(noted))


def _same(first: Floats, second: Floats) -> bool:
    return np.allclose(first, second, rtol=TOLERANCE, atol=TOLERANCE)


def _sorted(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return rows[np.lexsort(rows.T)]
