"""The page's fixed texts: levels of the verdict, outcomes of controls, and the glossary."""

from calendar import month_name
from datetime import datetime

from miaudit.attacks.base import Means

LEVELS = {
    "leaks": "Leaks",
    "distribution_shift": "Members and non-members differ",
    "weak_signs": "Weak signs",
    "no_leak_found": "No leak found",
    "too_few_records": "Too few records to tell",
    "references_unlike": "No leak found, but the reference models differ from the target",
    "invalid": "Not valid: do not use these numbers",
}

STATES = {"passed": "passed", "failed": "not passed", "not_run": "not run", "unknown": "unknown"}

MEANS_IN_WORDS: dict[Means, tuple[str, str]] = {
    "queries": ("Only queries the model", "and sees its answers"),
    "records": ("Knows some records", "and whether they were used"),
    "references": ("Trains reference models", "which show how hard a record is"),
    "shadows": ("Trains shadow models", "imitations to practise on"),
}

GLOSSARY = {
    "Member, non-member": (
        "A record inside, or outside, the training set of the model under audit. The first screen calls them training "
        "records and outsiders."
    ),
    "Membership inference": (
        "Finding out, by asking the model about a record, whether it is a member. It harms people where being in the "
        "training set is itself a secret: the patients of one hospital, the customers of one bank."
    ),
    "Membership score": "An attack's number for a record. Higher always means more likely a member.",
    "Cut": (
        "The score above which an attack calls a record a member. An attack’s own cut is chosen without knowing which "
        "of the audited records are members; the 1\u00a0% cut and the best cut are read off with that knowledge."
    ),
    "ROC curve, AUC": (
        "The ROC curve shows, for every possible cut, how many members are found against how many non-members are "
        "wrongly accused. AUC is the area under it: the chance that a random member outranks a random non-member. "
        "0.5 is guessing, 1 is certainty. It is an average: a model with an AUC near 0.5 may still expose a few "
        "records completely."
    ),
    "Balanced accuracy": (
        "The mean of two shares at the best cut: the members that are called members, and the non-members that are "
        "not. 0.5 is guessing."
    ),
    "TPR at an FPR": (
        "The true positive rate, the share of all members that are found, while the false positive rate, the share "
        "of non-members wrongly called members, stays at or below a limit. At a limit of 0.1\u00a0% the attacker "
        "hardly ever accuses anyone wrongly and can be sure of those they find. Guessing finds as large a share of the "
        "members as the limit itself."
    ),
    "Precision, recall": (
        "Precision: of all records called members, the share that are members. Recall: of all members, the share that "
        "are called members."
    ),
    "Epsilon (ε)": (
        "The strength of a differential-privacy guarantee; 0 is perfect privacy. An audit can only bound it from "
        "below: ε ≥ 2 says that no guarantee stronger than 2 can hold for this training. A bound of 0 proves nothing. "
        "A bound may come from records recognised as outsiders, so it can be high where few members are found. "
        "The bounds in the tables hold at 95\u00a0% confidence for each attack alone. The verdict's bound holds "
        "for all attacks together, so it is no higher than the highest of them."
    ),
    "95 % interval": (
        "An interval that contains the true value in 95 of 100 repetitions of the audit. Where the intervals of two "
        "attacks overlap, neither attack is shown to be better."
    ),
    "Shadow model, reference model": (
        "Models that the attacker trains. Shadow models imitate the target, so that attacks can learn from them. "
        "Reference models show how hard a record is for a model that did not see it."
    ),
    "KL divergence": (
        "How much the distribution of the members' losses differs from that of the non-members, in nats. 0 means that "
        "the two are the same."
    ),
}


def day(moment: str) -> str:
    """The date of an ISO 8601 moment as people write it.

    >>> day("2025-03-09T21:05:00+00:00")
    '9 March 2025'
    """
    date = datetime.fromisoformat(moment)
    return f"{date.day} {month_name[date.month]} {date.year}"
