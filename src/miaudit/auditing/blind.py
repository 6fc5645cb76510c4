"""The blind baseline: an attacker who sees only the records and never asks the model.

If members and non-members were drawn alike, this attacker can do no better than guessing. Whatever they find is a
difference in the data, not a leak of the model (Das et al., Blind Baselines Beat Membership Inference Attacks for
Foundation Models, 2024, arXiv:2406.16201).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special, stats

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.blind_features import Described
from miaudit.auditing.result import BlindBaseline, ColumnDifference
from miaudit.maths.normal import deviations
from miaudit.maths.ranks import area
from miaudit.maths.scaling import Scaling
from miaudit.maths.threads import single_threaded
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr

if TYPE_CHECKING:  # imported where it is used: commands that read a result do without
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

FOLDS = 5
LEARNED = 4000  # most records that each fold learns from, which bounds the cost
COLUMNS = 200  # most columns that are read: those that differ most among the records learned from
TREES = 40
ERROR = 0.05  # chance of calling members and non-members different although they were drawn alike
QUESTIONS = 3  # any of which may show a difference: the AUC, its TPR at 1 % FPR, the column that differs most
LOW_FPR = 0.01
SHOWN = 10  # most columns that differ and are reported
ALMOST_EVEN = 1e-3  # a distribution with less skewness than this counts as normal


class Blind(NamedTuple):
    """The blind attacker's score of each record, and how much each single column differs."""

    scores: Floats  # (n,) log odds of membership
    column: Floats  # (n,) the column that differs most by itself, missing values filled in
    column_auc: Floats  # (p,) AUC of each single column
    column_p: Floats  # (p,) its two-sided p-value, not corrected for the number of columns


def attack_blindly(records: Described, truth: Bools, rng: np.random.Generator) -> Blind:
    """Score each record by classifiers that were trained on the membership of other records.

    The score is the mean of gradient boosting and logistic regression, cross-fitted over five folds. Exact copies of a
    record stay in one fold: otherwise one copy would reveal the membership of the other. The result is deterministic,
    since everything runs on one thread.

    Args:
        records: n records as the attacker sees them.
        truth: (n,) which of them are members.
        rng: draws the folds.
    """
    values, fold = _finite(records.values), _folds(records.copies, rng)
    scores = np.empty(len(truth))
    with single_threaded():
        for k in range(FOLDS):
            held_out, rest = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
            learned = rng.permutation(rest)[:LEARNED]
            scores[held_out] = _learned(values[learned], truth[learned], values[held_out])
    seen = rng.permutation(len(truth))[:LEARNED]
    column_auc, column_p = single_columns(values[seen], truth[seen])
    return Blind(scores, values[:, np.argmax(np.abs(column_auc - 0.5))], column_auc, column_p)


def _finite(values: Floats) -> Floats:
    """Missing values become smaller than everything else in their column, and infinite ones its extremes."""
    known = np.where(np.isfinite(values), values, 0.0)
    lowest, highest = known.min(axis=0), known.max(axis=0)
    below = lowest - (highest - lowest)
    return np.where(np.isnan(values), below, np.clip(values, lowest, highest))


def baseline(records: Described, truth: Bools, blind: Blind) -> BlindBaseline:
    """Tell whether members and non-members differ for the blind attacker; wrong for at most 5 % of random splits.

    Args:
        records: n records as the attacker sees them.
        truth: (n,) which of them are members.
        blind: what the blind attacker made of them.
    """
    confidence = 1 - 2 * ERROR / QUESTIONS  # one end of each interval decides
    area, tpr = cross_fitted_auc(blind.scores, truth, confidence), tpr_at_fpr(blind.scores, truth, LOW_FPR, confidence)
    corrected = np.minimum(1.0, blind.column_p * len(records.names))
    order = np.argsort(-np.abs(blind.column_auc - 0.5), kind="stable")
    differ = tuple(
        ColumnDifference(name=records.names[i], auc=float(blind.column_auc[i]), p=float(corrected[i]))
        for i in order
        if corrected[i] < ERROR / QUESTIONS
    )
    return BlindBaseline(
        saw="records" if records.has_records else "labels",
        auc=area,
        tpr=tpr,
        wins=(area.low or 0.0) > 0.5 or (tpr.low or 0.0) > LOW_FPR or bool(differ),
        columns=len(records.names),
        differ=differ[:SHOWN],
        epsilon=epsilon(blind.scores, truth, confidence),
    )


def cross_fitted_auc(scores: Floats, truth: Bools, confidence: float) -> Quantity:
    """The AUC of cross-fitted scores, with an interval wider by the square root of two than that of fixed scores.

    Two records may by chance look alike and also be both members or both non-members. Then each helps to score the
    other, so every such pair counts twice, which doubles the variance if there is nothing to find.

    Args:
        scores: (n,) each from classifiers that did not learn from the record.
        truth: (n,) which of them are members.
        confidence: level of the interval, in (0, 1).
    """
    z = deviations(confidence)
    wide = auc(scores, truth, 1.0 - 2.0 * float(stats.norm.sf(z * 2.0**0.5)))
    return wide.model_copy(update={"confidence": confidence})


def _folds(copies: Ints, rng: np.random.Generator) -> Ints:
    """(n,) the fold of each record; the same for all copies."""
    groups = int(copies.max()) + 1
    of_group: Ints = rng.permutation(groups) % FOLDS
    return of_group[copies]


def _learned(x: Floats, member: Bools, asked: Floats) -> Floats:
    """Mean log odds of membership for the records `asked` (a, p); 0 if there is nothing to learn from."""
    if min(member.sum(), (~member).sum()) < FOLDS or not len(asked):
        return np.zeros(len(asked))
    chosen = most_different(x, member)
    x, asked = _scaled(x[:, chosen], asked[:, chosen])
    return np.mean([_log_odds(model.fit(x, member), asked) for model in _models()], axis=0)


def _models() -> "Iterator[HistGradientBoostingClassifier | LogisticRegression]":
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    yield HistGradientBoostingClassifier(max_iter=TREES, max_depth=4, early_stopping=False, random_state=0)
    yield LogisticRegression(C=0.1, max_iter=200)


def _log_odds(model: "HistGradientBoostingClassifier | LogisticRegression", x: Floats) -> Floats:
    odds: Floats = model.decision_function(x)
    return odds


def _scaled(x: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Both tables in standard deviations of `x` from its mean, clipped at eight."""
    scaling = Scaling.standard(x)
    return np.clip(scaling.of(x), -8, 8), np.clip(scaling.of(asked), -8, 8)


def most_different(x: Floats, member: Bools) -> Ints:
    """Up to COLUMNS columns of x (n, p) in which members and non-members differ most, in their order."""
    if x.shape[1] <= COLUMNS:
        return np.arange(x.shape[1])
    width = x.std(axis=0)
    gap = np.abs(x[member].mean(axis=0) - x[~member].mean(axis=0)) / np.where(width > 0, width, np.inf)
    return np.sort(np.argsort(-gap, kind="stable")[:COLUMNS])


def single_columns(x: Floats, member: Bools) -> tuple[Floats, Floats]:
    """AUC (p,) of each column of x (n, p) and its two-sided p-value: Mann & Whitney (1947), corrected for ties.

    Where one side has far fewer records, rank sums of a column that is almost always the same are skewed: two records
    of a hundred members and nine hundred others are both members by chance once in a hundred draws, not once in the
    forty thousand that a normal law says. So the tail is that of the law with this skewness, too (Pearson's type III;
    Mielke & Berry, Permutation Methods, 2007).
    """
    n, m, k = len(member), int(member.sum()), int((~member).sum())
    ranks = stats.rankdata(x, axis=0)
    auc = area(ranks, member)
    off = ranks - (n + 1) / 2
    # The rank sum of m records drawn at random from these ranks has these moments, ties or not.
    variance = m * k / n / (n - 1) * (off**2).sum(axis=0)
    third = m * k * (k - m) / n / (n - 1) / max(n - 2, 1) * (off**3).sum(axis=0)
    varies = variance > 0
    z = np.divide((auc - 0.5) * (m * k), np.sqrt(variance), out=np.zeros_like(auc), where=varies)
    skew = np.divide(third, variance**1.5, out=np.zeros_like(auc), where=varies)
    return auc, np.minimum(1.0, 2 * _tail(np.abs(z), np.where(z < 0, -skew, skew)))


def _tail(z: Floats, skew: Floats) -> Floats:
    """P(Z >= z), (p,), of a law with mean 0, variance 1 and this skewness; the normal one where that is larger."""
    shape = 4 / np.maximum(skew, ALMOST_EVEN) ** 2  # of the gamma law that Pearson's type III is
    skewed = special.gammaincc(shape, shape + z * np.sqrt(shape))
    tail: Floats = np.where(skew > ALMOST_EVEN, np.maximum(stats.norm.sf(z), skewed), stats.norm.sf(z))
    return tail
