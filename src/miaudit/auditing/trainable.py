"""Finds out before training whether the user's classifier can be fitted to every training set.

A random half may hold too few records of a rare class, for a cross-validation within the classifier for instance. So a
model is fitted to the poorest training sets: first to a handful of records of each class, which takes no time, and if
that fails to the whole set.
"""

import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.guard import foreign
from miaudit.messages import listed
from miaudit.running.work import Work
from miaudit.store.base import Store
from miaudit.training.data import HANDFUL, Batch, Records, handful
from miaudit.training.job import Job

ASKED = 200  # records that the trained model is asked about


class _Draw(NamedTuple):
    """A training set, with the number of records of each class."""

    job: Job
    counts: Ints  # (C,) records of each class


def check_trainable(works: Sequence[Work], data: Dataset, store: Store) -> None:
    """Train models on their poorest training sets, and ask them about some records.

    Recipes that need no trial (`tried_first`), such as those of networks, are passed over.

    Args:
        works: the models of an audit.
        data: the records that they are trained on.
        store: models whose outputs it holds are not tried.

    Raises:
        UserError: a model cannot be trained, or gives no probabilities; the message names the rare classes.
    """
    jobs = [work.job for work in works if work.job.recipe.tried_first and not work.is_done(store)]
    draws = [_Draw(job, np.bincount(data.y[job.rows], minlength=data.classes)) for job in jobs]
    for draw in _poorest(draws):
        _try(draw, data)


def _poorest(draws: Sequence[_Draw]) -> list[_Draw]:
    """The training set with the fewest records of any class in it, and the one that lacks most classes, if any does.

    The two fail for different reasons: cross-validation minds a class with a single record, not an absent class.
    """
    if not draws:
        return []
    rarest = min(draws, key=lambda draw: int(draw.counts[draw.counts > 0].min()))
    narrowest = min(draws, key=lambda draw: int((draw.counts > 0).sum()))
    lacks = (narrowest.counts > 0).sum() < (rarest.counts > 0).sum()
    return [rarest, narrowest] if lacks else [rarest]


def _try(draw: _Draw, data: Dataset) -> None:
    few = handful(data.y, draw.job.rows)
    try:
        _fit_and_ask(draw.job, data, few)
        return
    except UserError as error:
        reason = error
    if len(few) < len(draw.job.rows):
        try:
            _fit_and_ask(draw.job, data, draw.job.rows)
            return
        except UserError as error:
            reason = error
    if not _is_short(draw, data):
        raise reason
    raise UserError(f"{str(reason).rstrip('.')}; {_in_words(draw, data)}") from reason


def _is_short(draw: _Draw, data: Dataset) -> bool:
    """Does the training set lack a class, or hold so few records of one that this may be why the fit fails?"""
    present = np.bincount(data.y, minlength=data.classes) > 0
    return bool((draw.counts[present] < HANDFUL).any())


def _fit_and_ask(job: Job, data: Dataset, rows: Ints) -> None:
    records, name = Records(data.x, data.y, data.classes), job.recipe.title
    with warnings.catch_warnings():  # about so few records
        warnings.simplefilter("ignore")
        with foreign(f"training a {name}", len(rows)):
            (model,) = job.recipe.train(records, Batch([job.subset._replace(rows=rows)]))
        asked = rows[:ASKED]
        with foreign(f"asking a {name}", len(asked)):
            model.outputs(data.x[asked])


def _in_words(draw: _Draw, data: Dataset) -> str:
    """Say which class is the rarest, how many records of it there are, and what can be done."""
    all_counts = np.bincount(data.y, minlength=data.classes)
    absent = np.flatnonzero((draw.counts == 0) & (all_counts > 0))
    if absent.size:
        lacking = (
            f"one of the models is trained without class {listed(data.class_name(int(label)) for label in absent)}"
        )
        return f"{lacking}: leave rare classes out, or use a classifier that can do without them"
    rarest = int(np.argmin(np.where(draw.counts > 0, draw.counts, len(data) + 1)))
    return (
        f"class {data.class_name(rarest)} has {all_counts[rarest]:,} records among {len(data):,}, and one model "
        f"is trained on {draw.counts[rarest]:,} of them: leave the class out, or lower the number of folds if "
        "the classifier cross-validates"
    )
