"""Names that programs give to columns of predictions: R, Python, spreadsheets, statistics and mining suites."""

import re

from miaudit.reading.columns import Columns
from miaudit.reading.hints import Form


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LABELS = _words(
    "label labels y y_true ytrue true truth true_label true_class actual actual_class actual_label target targets "
    "class classes outcome obs observed ground_truth groundtruth gt gold y_test correct_label label_true"
)
PREDICTED = _words(
    "predicted prediction predictions pred preds predict pred_class predicted_class predicted_label pred_label y_pred "
    "ypred yhat y_hat estimate response class_pred scored_labels scored_label into predicted_value label_pred "
    "predictedvalue mlp_predictedvalue top_class top_label"
)
MEMBERS = _words(
    "member members is_member membership in_train in_training in_training_set in_train_set is_train train training "
    "trained is_training is_trained used_in_training used_for_training in_sample insample seen seen_in_training split "
    "set partition subset dataset data_set data_split split_name sample_set part role phase usage"
)
OTHERS = _words("test is_test in_test holdout is_holdout hold_out held_out nonmember non_member is_nonmember")
IDS = _words(
    "ids record record_id row_id rowid rowindex row_index uid uuid guid key identifier accession inst# inst case_id "
    "caseid filename file_name image image_id path"
)
ROW_NAMES = ("", "X", "Unnamed: 0", "...1", "rownames", "row.names", "index", "level_0", "rowname", "row_names")
PROBABILITIES = _words(
    "p pr prob probs proba probas probability probabilities pred_prob pred_proba predicted_prob predicted_proba "
    "predicted_probability predictedprobability pseudoprobability mlp_pseudoprobability y_prob y_proba y_pred_proba "
    "y_pred_prob phat p_hat conf confidence posterior posteriors softmax scored_probabilities_for_class "
    "scored_probabilities scored_probability probability_of prob_of probability_for pre max_prob max_probability "
    "predicted_label_probs class_probabilities class_probs"
)
LOGITS = _words(
    "logit logits margin margins raw_score raw_scores decision_function log_odds logodds linear_predictor xb"
)
LOGS = _words("logprob logprobs log_prob log_probs logp log_p log_proba log_softmax log_probability log_probabilities")
NEUTRAL = _words(
    "score scores output outputs out class pred preds prediction predictions predicted y_score y_scores y_pred y_hat "
    "yhat fitted fit"
)
PERCENT = _words("percent pct percentage")
SAYS: dict[str, Form | None] = {
    **dict.fromkeys(NEUTRAL),
    **dict.fromkeys(PROBABILITIES, "probabilities"),
    **dict.fromkeys(LOGITS, "logits"),
    **dict.fromkeys(LOGS, "log_probabilities"),
    **dict.fromkeys(PERCENT, "percent"),
}
CONFIDENCES = _words("conf confidence max_prob max_probability score scores prediction")
PAIRS = (  # classes that have a usual order, the negative one first
    ("0", "1"),
    ("no", "yes"),
    ("false", "true"),
    ("n", "y"),
    ("f", "t"),
    ("neg", "pos"),
    ("negative", "positive"),
    ("-1", "1"),
    ("absent", "present"),
    ("control", "case"),
)


def plain(name: str) -> str:
    """A name in one spelling: lower case, its words joined by underscores.

    >>> plain("Scored Labels"), plain(".pred_class"), plain("Is.Member")
    ('scored_labels', 'pred_class', 'is_member')
    """
    return re.sub(r"[\s._\-]+", "_", name.strip().lower()).strip("_")


def stem_of(before: str, after: str = "", label: str = "") -> str:
    """The text around a class in a column's name, in one spelling.

    Args:
        before: text before the class; what an opened bracket holds is left out.
        after: text behind it.
        label: the column of the true class, whose name some programs put there, too.

    Example:
        >>> stem_of("P (Iris=", ")"), stem_of(".pred_"), stem_of("", "_prob"), stem_of("P_bad", label="BAD")
        ('p', 'pred', 'prob', 'p')
    """
    words = plain(re.split(r"[(\[\"]", before)[0]), plain(re.split(r"[)\]\"]", after)[-1])
    return "_".join(word for word in words if word).removesuffix(f"_{plain(label)}" if label else "")


def loose(text: str) -> str:
    """A class's name as R and databases may have changed it for a column's name.

    >>> loose("Iris-setosa") == loose("Iris.setosa"), loose("X0"), loose("0")
    (True, '0', '0')
    """
    return re.sub(r"^x(?=\d)", "", re.sub(r"[^0-9a-z]+", "_", text.strip().lower()).strip("_"))


def class_text(text: str) -> str:
    """A class's name without trailing zero decimals.

    >>> class_text("1.0"), class_text("1.5"), class_text("yes")
    ('1', '1.5', 'yes')
    """
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text)


def labels_in(columns: Columns, label: str) -> list[str]:
    """The different labels, as text, in the order in which they come."""
    different = dict.fromkeys(columns.texts(label).tolist())
    return list(dict.fromkeys(class_text(text) for text in different if text is not None))
