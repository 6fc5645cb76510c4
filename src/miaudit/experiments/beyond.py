"""Measures of the papers beyond an audit's result: the recall at a precision, and the cost of an attack."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from miaudit.auditing.needed import reads
from miaudit.auditing.plan import Plan
from miaudit.auditing.run import Finished
from miaudit.auditing.timing import seconds_per_model
from miaudit.errors import UserError
from miaudit.experiments.results import DIGITS, Number
from miaudit.fingerprint import fingerprint
from miaudit.metrics.precision_recall import recall_at_precision
from miaudit.models.base import predict
from miaudit.running.work import Work
from miaudit.splits.base import no_rows
from miaudit.training.fit import build
from miaudit.training.threads import one_thread

AT_PRECISION = "recall_at_precision_"
COSTS = frozenset({"auxiliary_models", "training_minutes", "inference_seconds"})


@dataclass(frozen=True)
class MeasuredCost:
    """Times measured so far, kept so that rows with the same recipe get the same numbers."""

    training: dict[str, float] = field(default_factory=dict)  # seconds per model, by data, recipe and records
    asking: dict[str, float] = field(default_factory=dict)  # seconds per record asked about, by data and architecture


def beyond(
    finished: Finished, plan: Plan, wanted: Sequence[str], measured: MeasuredCost
) -> dict[str, dict[str, Number]]:
    """Compute the wanted measures that the result does not hold, by attack.

    Args:
        finished: the audit.
        plan: its plan.
        wanted: names of measures; others are ignored.
        measured: times measured before, to which new ones are added.
    """
    found: dict[str, dict[str, Number]] = {}
    for attack, judged in finished.judged.items():
        numbers: dict[str, Number] = {}
        for measure in wanted:
            if measure.startswith(AT_PRECISION):
                precision = float(measure.removeprefix(AT_PRECISION))
                recall = recall_at_precision(judged.scores, finished.gathered.truth, precision)
                numbers[measure] = round(recall, DIGITS), None, None
        found[attack] = numbers | (costs(plan, attack, measured) if COSTS.intersection(wanted) else {})
    return found


def costs(plan: Plan, attack: str, measured: MeasuredCost) -> dict[str, Number]:
    """Count the models that an attack reads, the minutes to train them, and the seconds to query target and references.

    This follows LDC-MIA, Table 6: one model after another, on one thread or one GPU. The target and all references are
    asked about every audited record, a shadow about none, since an attack learns on it beforehand. Times are forecast
    from a part of one training per recipe, so that models in the store cost what they would have cost.

    Args:
        plan: the audit.
        attack: the attack's title.
        measured: times measured before, to which new ones are added.
    """
    models = reads(plan.questions.attacks[attack], plan.split).score
    asked = [plan.auxiliary[m] for m in models if m in plan.split.references]
    target = [] if plan.target_work is None else [plan.target_work]
    training = sum(_training(plan, plan.auxiliary[m], measured) for m in models)
    asking = sum(_asking(plan, work, measured) for work in (*target, *asked))
    return {
        "auxiliary_models": (len(models), None, None),
        "training_minutes": (round(training / 60, DIGITS), None, None),
        "inference_seconds": (round(asking, DIGITS), None, None),
    }


def _training(plan: Plan, work: Work, measured: MeasuredCost) -> float:
    alone = Work(work.job, no_rows())  # no records to ask about: these count as asking
    name = fingerprint(plan.data.fingerprint, work.job.recipe, len(work.job.rows), len(work.job.validation))
    if name not in measured.training:
        measured.training[name] = seconds_per_model(alone, plan.data, device=plan.device) or 0.0
    return measured.training[name]


def _asking(plan: Plan, work: Work, measured: MeasuredCost) -> float:
    recipe, rows = work.job.recipe.network, plan.split.audited
    if recipe is None:
        raise UserError("costs are measured of networks: expected a recipe with a `model`")
    architecture = fingerprint(plan.data.fingerprint, recipe.model)
    if architecture not in measured.asking:
        module = build(recipe, plan.data.x.shape[1:], plan.data.classes, plan.device)
        with one_thread():
            predict(module, plan.data.x[rows[:1]], plan.device)  # a warm-up, since the first call is slower
            start = time.perf_counter()
            predict(module, plan.data.x[rows], plan.device)
        measured.asking[architecture] = (time.perf_counter() - start) / len(rows)
    return measured.asking[architecture] * len(rows)
