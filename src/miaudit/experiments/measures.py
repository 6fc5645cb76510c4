"""The measures of experiments: the kind of number that each is, and its name on the page."""

from typing import Literal

from miaudit.presenter import limit

MeasureKind = Literal["rate", "count", "amount"]

FACTS = ("train_accuracy", "test_accuracy", "accuracy_gap", "epsilon", "members", "nonmembers")  # of the target
RATES = ("train_accuracy", "test_accuracy", "accuracy_gap", "auc", "balanced_accuracy", "recall", "precision")
RATE_PREFIXES = ("tpr_at_fpr_", "precision_", "recall_")
COUNTS = ("members", "nonmembers", "false_positives", "auxiliary_models")
COUNT_PREFIXES = ("true_positives", "sample_", "rest_")  # the last two: confusion matrices of the slides' attack
WORDS = {
    "auc": "AUC",
    "balanced_accuracy": "balanced accuracy",
    "train_accuracy": "train accuracy",
    "test_accuracy": "test accuracy",
    "accuracy_gap": "train - test",
    "true_positives": "members found",
    "kl_divergence": "KL divergence, nats",
}


def kind(measure: str) -> MeasureKind:
    """The kind of a measure: a share of at most 1, a count of things, or an amount of something else.

    >>> kind("tpr_at_fpr_0.01"), kind("true_positives"), kind("epsilon")
    ('rate', 'count', 'amount')
    """
    if measure in RATES or measure.startswith(RATE_PREFIXES):
        return "rate"
    return "count" if measure in COUNTS or measure.startswith(COUNT_PREFIXES) else "amount"


def words(measure: str) -> str:
    """The measure in plain words.

    >>> words("tpr_at_fpr_0.001"), words("rest_tp")
    ('TPR at 0.1 % FPR', 'TP of the others')
    """
    if measure in WORDS:
        return WORDS[measure]
    for prefix, text in (("tpr_at_fpr_", "TPR at {} FPR"), ("precision_at_recall_", "precision at recall {}")):
        if measure.startswith(prefix):
            rate = measure.removeprefix(prefix)
            return text.format(f"{float(rate):.4g}" if "recall" in prefix else limit(rate))
    for prefix, records in (("sample_", "known"), ("rest_", "others")):
        if measure.startswith(prefix):
            return f"{measure.removeprefix(prefix).upper()} of the {records}"
    return measure.replace("_", " ")
