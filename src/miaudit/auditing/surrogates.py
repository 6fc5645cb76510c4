"""Chooses the models that stand in for a target whose training is unknown.

Each surrogate is trained once, as a model of the pool would be, and compared with the target. The
model of the surrogate that is chosen becomes a model of its pool, and a second run of the same audit finds all of them
in the store.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.auditing.collect import stored_outputs
from miaudit.auditing.execution import SILENT, Listener
from miaudit.auditing.gather import ask
from miaudit.auditing.masked import masked
from miaudit.auditing.origin import Origin
from miaudit.auditing.plan import Plan
from miaudit.auditing.request import Recipes, Request
from miaudit.auditing.result import SurrogateFacts
from miaudit.auditing.timing import seconds_per_model
from miaudit.auditing.trainable import check_trainable
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.evidence import Outputs
from miaudit.running.base import Runner
from miaudit.running.local import THIS_MACHINE
from miaudit.running.work import Work
from miaudit.store.base import Store
from miaudit.store.upkeep import in_use
from miaudit.surrogates.candidates import Candidate
from miaudit.surrogates.match import Judged, Match, match
from miaudit.training.job import Method

LARGE = 10_000_000  # numbers in the records, times classes, from which on surrogates are timed
SLOWEST = 60.0  # seconds of training, above which a surrogate is not tried


class _Tried(NamedTuple):
    candidate: Candidate
    work: Work


def searched(request: Request, surrogates: Sequence[Candidate]) -> Request:
    """The request with surrogates among which a search will choose; until then, it is planned with the first."""
    first = surrogates[0].recipe
    words = f"by the most alike of {len(surrogates)} surrogates, which a search will choose"
    return replace(
        request,
        recipes=Recipes(first, first, first),
        surrogates=tuple(surrogates),
        origin=Origin(words, given=False),
        device=first.device(request.device),
    )


def choose(
    request: Request, plan: Plan, store: Store, runner: Runner = THIS_MACHINE, listener: Listener = SILENT
) -> Request:
    """Train every surrogate once and keep the one that is most like the target.

    The auditor knows which records the target was trained on, and compares its accuracy and losses on both sides with
    those of each surrogate; see `surrogates.match`. Surrogates that cannot be trained on such records are left out.

    Args:
        request: what is asked for, with surrogates.
        plan: the request's plan.
        store: where the surrogates' outputs are kept.
        runner: trains them.
        listener: informed of the search's progress.

    Raises:
        UserError: the target cannot be queried, or no surrogate can be trained.
    """
    if not plan.auxiliary:  # no attack reads any
        return replace(request, surrogates=())
    with in_use(store):
        said = ask(plan, store)
        tried = _trainable(request.surrogates, plan, store)
        works = [each.work for each in tried]
        runner.run(works, plan.data, store, listener.report, listener.watch, plan.device)
        matches = [_match(plan, said.rows, said.outputs, each.work, store) for each in tried]
    best = min(range(len(tried)), key=lambda place: matches[place].total)
    words, recipe = tried[best].candidate
    facts = SurrogateFacts(chosen=words, candidates=len(tried), **matches[best]._asdict())
    return replace(
        request,
        recipes=Recipes(recipe, recipe, recipe),
        surrogates=(),
        said=said,
        origin=Origin(f"by {words}", given=False, surrogate=facts),
    )


def _trainable(candidates: Sequence[Candidate], plan: Plan, store: Store) -> list[_Tried]:
    """The surrogates that can be trained on such records, and in a bearable time."""
    found, reason = [], UserError("each takes more than a minute a model")
    for candidate in candidates:
        work = _work(candidate, plan)
        try:
            check_trainable([work], plan.data, store)
        except UserError as error:
            reason = error
        else:
            if _is_quick(work, plan):
                found.append(_Tried(candidate, work))
    if not found:
        raise UserError(f'no surrogate can be trained ({reason}); give `recipe` or `fit`, or surrogates="never"')
    return found


def _is_quick(work: Work, plan: Plan) -> bool:
    """Does its training take a minute at most? True where the time cannot be forecast."""
    if math.prod(plan.data.x.shape) * plan.data.classes < LARGE:
        return True
    seconds = seconds_per_model(work, plan.data, device=plan.device)
    return seconds is None or seconds < SLOWEST


def _work(candidate: Candidate, plan: Plan) -> Work:
    """The work of training the surrogate on the rows, and with the seed, of the plan's first model."""
    first = plan.auxiliary[0]
    recipe = candidate.recipe.settled(plan.device)
    return replace(first, job=Method.of(recipe, plan.data, plan.device).job(first.job.rows, first.job.seed))


def _match(plan: Plan, rows: Ints, target: Outputs, work: Work, store: Store) -> Match:
    """Compare the target's outputs on these rows with those of a surrogate, on the audited records."""
    data, audited = plan.data, np.sort(plan.split.audited)
    surrogate = masked(_stored(work, data, store), plan.shown.auxiliary)
    return match(
        _judged(target, np.searchsorted(rows, audited), np.isin(audited, plan.split.members)),
        _judged(surrogate, np.searchsorted(work.query, audited), np.isin(audited, work.job.rows)),
    )


def _stored(work: Work, data: Dataset, store: Store) -> Outputs:
    return stored_outputs((work,), data.y[work.query], store)


def _judged(outputs: Outputs, places: Ints, own: Bools) -> Judged:
    return Judged(outputs.signal("correct")[0][places], outputs.signal("loss")[0][places], own)
