"""Numbers that can be trusted: every rate with its counts and its interval."""

from miaudit.maths.counts import Confusion
from miaudit.metrics.accuracy import balanced_accuracy, confusion, precision, recall
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.evaluation import Evaluation, EvaluationOptions, Scored, evaluate
from miaudit.metrics.hardness import difficulty, tpr_by_hardness
from miaudit.metrics.intervals import clopper_pearson, proportion, wilson
from miaudit.metrics.named import Named, named
from miaudit.metrics.one_run import one_run, one_run_bound
from miaudit.metrics.paired import auc_difference
from miaudit.metrics.per_class import per_class
from miaudit.metrics.precision_recall import pr_curve, precision_at_recall, recall_at_precision
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, roc, tpr_at_fpr
from miaudit.metrics.spread import Spread, over_targets, spread
from miaudit.metrics.summary import Summary, null_interval, summarise
from miaudit.metrics.ties import FirstCut, first_cut, randomised_tpr_at_fpr

__all__ = [
    "Confusion",
    "Evaluation",
    "EvaluationOptions",
    "FirstCut",
    "Named",
    "Quantity",
    "Scored",
    "Spread",
    "Summary",
    "auc",
    "auc_difference",
    "balanced_accuracy",
    "clopper_pearson",
    "confusion",
    "difficulty",
    "epsilon",
    "evaluate",
    "first_cut",
    "named",
    "null_interval",
    "one_run",
    "one_run_bound",
    "over_targets",
    "per_class",
    "pr_curve",
    "precision",
    "precision_at_recall",
    "proportion",
    "randomised_tpr_at_fpr",
    "recall",
    "recall_at_precision",
    "roc",
    "spread",
    "summarise",
    "tpr_at_fpr",
    "tpr_by_hardness",
    "wilson",
]
