"""All metrics of one attack's scores that the known facts about the records allow."""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.divergence import kl_divergence
from miaudit.metrics.accuracy import confusion, precision, recall
from miaudit.metrics.hardness import difficulty, tpr_by_hardness
from miaudit.metrics.one_run import one_run
from miaudit.metrics.per_class import per_class
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc
from miaudit.metrics.spread import Spread, over_targets
from miaudit.metrics.summary import Summary, summarise


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores (n,) of one attack, and what is known of the records; all but the first two may be missing."""

    scores: Floats
    member: Bools
    labels: Ints | None = None  # classes
    loss: Floats | None = None  # log p_y on the target
    reference_loss: Floats | None = None  # mean log p_y over models trained without the record
    target: Ints | None = None  # which of several targets the row is about


class MetricsPart(BaseModel):
    """Base of all parts: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class AtCut(MetricsPart):
    """Counts and rates where scores strictly above `cut` are called members."""

    cut: float
    """The cut on the score."""
    tp: int
    """Members called members."""
    fp: int
    """Non-members called members."""
    tn: int
    """Non-members not called members."""
    fn: int
    """Members not called members."""
    recall: Quantity
    """Share of the members that are called members."""
    precision: Quantity | None
    """Share of members among the records called members; None where no record is."""


class Hardness(MetricsPart):
    """How exposure depends on how hard a record is to predict (LDC-MIA 4.2.4, HP-MIA 5.2)."""

    tpr_easy: Quantity
    """True positive rate at 1 % FPR among the records that are easy to predict."""
    tpr_hard: Quantity
    """True positive rate at 1 % FPR among the records that are hard to predict."""
    easy_above: float
    """The log p_y on the reference models above which a record is easy."""
    mean_difficulty_exposed: Quantity | None = None
    """Mean reference loss of the members above the cut."""
    mean_difficulty_hidden: Quantity | None = None
    """Mean reference loss of the members below the cut."""
    exposed_harder: Quantity | None = None
    """Probability that an exposed member is harder than a hidden one."""


class Evaluation(Summary):
    """The metrics of one attack; a part beyond the summary is None unless the facts that it needs are known."""

    at_cut: AtCut | None = None
    """Counts and rates at the cut that was asked for."""
    auc_by_class: dict[int, Quantity] | None = None
    """AUC within each class."""
    hardness: Hardness | None = None
    """How exposure depends on how hard a record is."""
    loss_divergence: float | None = None
    """KL divergence of the members' loss density from the non-members', in nats."""
    over_targets: dict[str, Spread] | None = None
    """Mean and spread of each metric over several targets."""
    one_run_epsilon: Quantity | None = None
    """Lower bound on epsilon from one training run with records included at random."""

    def to_json(self) -> str:
        """Write the metrics as JSON, without the parts that are missing."""
        missing = {name for name in type(self).model_fields if getattr(self, name) is None}
        return self.model_dump_json(indent=1, exclude=missing)


@dataclass(frozen=True)
class EvaluationOptions:
    """What is evaluated beside the scores themselves."""

    cut: float | None = None
    classes: int = 0  # 0: as many as the labels show
    one_run_guesses: int = 0  # membership was drawn by independent fair coins, and so many guesses are made
    delta: float = 0.0


def evaluate(scored: Scored, asked: EvaluationOptions) -> Evaluation:
    """Compute all metrics that the given columns allow; raises UserError if scores or membership cannot be measured."""
    summary = summarise(scored.scores, scored.member)
    return Evaluation(
        **dict(summary),
        at_cut=None if asked.cut is None else _at_cut(scored, asked.cut),
        auc_by_class=None if scored.labels is None else per_class(auc, scored.scores, scored.member, scored.labels),
        hardness=None if scored.reference_loss is None else _hardness(scored, scored.reference_loss, asked),
        loss_divergence=None if scored.loss is None else _divergence(scored.loss, scored.member),
        over_targets=None if scored.target is None else _over_targets(scored, scored.target),
        one_run_epsilon=_one_run(scored, asked) if asked.one_run_guesses else None,
    )


def _at_cut(scored: Scored, cut: float) -> AtCut:
    found = confusion(scored.scores, scored.member, cut)
    return AtCut(cut=cut, **found._asdict(), recall=recall(found), precision=precision(found))


def _divergence(loss: Floats, member: Bools) -> float:
    return kl_divergence(loss[member], loss[~member])


def _hardness(scored: Scored, reference_loss: Floats, asked: EvaluationOptions) -> Hardness:
    seen = 0 if scored.labels is None else int(scored.labels.max()) + 1
    by = tpr_by_hardness(scored.scores, scored.member, reference_loss, asked.classes or seen)
    found = Hardness(tpr_easy=by.easy, tpr_hard=by.hard, easy_above=by.threshold)
    if asked.cut is None:
        return found
    gap = difficulty(scored.member, scored.scores > asked.cut, -reference_loss)
    return found.model_copy(
        update={
            "mean_difficulty_exposed": gap.mean_exposed,
            "mean_difficulty_hidden": gap.mean_hidden,
            "exposed_harder": gap.harder,
        }
    )


def _over_targets(scored: Scored, target: Ints) -> dict[str, Spread] | None:
    groups = [target == value for value in np.unique(target)]
    if len(groups) == 1:
        return None
    return over_targets([summarise(scored.scores[of], scored.member[of]) for of in groups])


def _one_run(scored: Scored, asked: EvaluationOptions) -> Quantity:
    called = (asked.one_run_guesses + 1) // 2
    rejected = asked.one_run_guesses - called
    return one_run(scored.scores, scored.member, called, rejected, asked.delta)
