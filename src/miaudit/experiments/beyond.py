"""Numbers of the papers that an audit's result does not hold: the recall at a precision, and what an attack costs."""

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
class Pace:
    """How long models were found to take, so that rows with the same recipe get the same numbers."""

    training: dict[str, float] = field(default_factory=dict)  # seconds per model, by data, recipe and records
    asking: dict[str, float] = field(default_factory=dict)  # seconds per record asked about, by data and architecture


def beyond(finished: Finished, plan: Plan, wanted: Sequence[str], pace: Pace) -> dict[str, dict[str, Number]]:
    """The wanted measures that the result does not hold, by attack.

    Args:
        finished: the audit.
        plan: its plan.
        wanted: names of measures; others are ignored.
        pace: what was timed before; what is timed now is added.
    """
    found: dict[str, dict[str, Number]] = {}
    for attack, judged in finished.judged.items():
        numbers: dict[str, Number] = {}
        for measure in wanted:
            if measure.startswith(AT_PRECISION):
                precision = float(measure.removeprefix(AT_PRECISION))
                recall = recall_at_precision(judged.scores, finished.gathered.truth, precision)
                numbers[measure] = round(recall, DIGITS), None, None
        found[attack] = numbers | (costs(plan, attack, pace) if COSTS.intersection(wanted) else {})
    return found


def costs(plan: Plan, attack: str, pace: Pace) -> dict[str, Number]:
    """Models that the attack's score reads, minutes to train them, and seconds to ask the target and the references.

    This follows LDC-MIA, Table 6: one model after another, on one thread or one GPU. The target and all references are
    asked about every audited record, a shadow about none, since an attack learns on it beforehand. Times are forecast
    from a part of one training per recipe, so that models in the store cost what they would have cost.

    Args:
        plan: the audit.
        attack: the attack's title.
        pace: what was timed before; what is timed now is added.
    """
    models = reads(plan.questions.attacks[attack], plan.split).score
    asked = [plan.auxiliary[m] for m in models if m in plan.split.references]
    target = [] if plan.target_work is None else [plan.target_work]
    training = sum(_training(plan, plan.auxiliary[m], pace) for m in models)
    asking = sum(_asking(plan, work, pace) for work in (*target, *asked))
    return {
        "auxiliary_models": (len(models), None, None),
        "training_minutes": (round(training / 60, DIGITS), None, None),
        "inference_seconds": (round(asking, DIGITS), None, None),
    }


def _training(plan: Plan, work: Work, pace: Pace) -> float:
    alone = Work(work.job, no_rows())  # what it is asked about counts as asking
    name = fingerprint(plan.data.fingerprint, work.job.recipe, len(work.job.rows), len(work.job.validation))
    if name not in pace.training:
        pace.training[name] = seconds_per_model(alone, plan.data, device=plan.device) or 0.0
    return pace.training[name]


def _asking(plan: Plan, work: Work, pace: Pace) -> float:
    recipe, rows = work.job.recipe.network, plan.split.audited
    if recipe is None:
        raise UserError("costs are measured of networks: expected a recipe with a `model`")
    architecture = fingerprint(plan.data.fingerprint, recipe.model)
    if architecture not in pace.asking:
        module = build(recipe, plan.data.x.shape[1:], plan.data.classes, plan.device)
        with one_thread():
            predict(module, plan.data.x[rows[:1]], plan.device)  # the first call takes what later ones do not
            start = time.perf_counter()
            predict(module, plan.data.x[rows], plan.device)
        pace.asking[architecture] = (time.perf_counter() - start) / len(rows)
    return pace.asking[architecture] * len(rows)
