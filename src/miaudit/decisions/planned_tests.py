"""What is tested between two audits: each attack's AUC and rates, the strongest attacks, and accuracy."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import AuditResult
from miaudit.decisions.comparison import Measure
from miaudit.decisions.difference import change_of
from miaudit.decisions.matching import PURPOSE, Pair, truth_of
from miaudit.decisions.saved import SavedAudit
from miaudit.metrics.change import Change, square_and_add
from miaudit.metrics.intervals import proportion
from miaudit.metrics.paired import NONE_SHARED, Shared
from miaudit.metrics.paired_rates import correlation_of_means
from miaudit.metrics.quantity import Quantity

RATE = "0.01"  # the false positive rate at which the strongest attacks are compared
CORRECT = "signal.correct"


class Planned(NamedTuple):
    """One test: a number in two audits, and its change at any confidence."""

    measure: Measure
    fpr: str | None
    attack: str | None
    attack_after: str | None
    before: float | None
    after: float | None
    change: Change


def tests_of(pair: Pair, seed: int) -> tuple[Planned, ...]:
    """Everything that is tested between two audits, the strongest attacks first."""
    return (*_of_attacks(pair, seed), *_of_accuracy(pair))


def strongest(result: AuditResult) -> str | None:
    """The title of the attack with the highest AUC; None where no AUC could be measured."""
    known = {title: found.auc.value for title, found in result.attacks.items() if found.auc.value is not None}
    return max(known, key=lambda title: known[title]) if known else None


def _of_attacks(pair: Pair, seed: int) -> Iterator[Planned]:
    first, second = pair.first.result, pair.second.result
    one, other = strongest(first), strongest(second)
    if one is not None and other is not None and one != other:
        yield _attack_test(pair, one, other, None, seed)
        yield _attack_test(pair, one, other, RATE, seed)
    by_strength = sorted(pair.attacks(), key=lambda title: (title != one, -(first.attacks[title].auc.value or 0.0)))
    for title in by_strength:
        yield _attack_test(pair, title, title, None, seed)
        for fpr in first.attacks[title].tpr_at_fpr:
            yield _attack_test(pair, title, title, fpr, seed)


def _attack_test(pair: Pair, one: str, other: str, fpr: str | None, seed: int) -> Planned:
    change = change_of(pair, one, other, None if fpr is None else float(fpr), seed)
    before, after = _number(pair.first, one, fpr), _number(pair.second, other, fpr)
    return Planned("auc" if fpr is None else "tpr", fpr, one, other, before, after, change)


def _number(audit: SavedAudit, attack: str, fpr: str | None) -> float | None:
    found = audit.result.attacks[attack]
    return found.auc.value if fpr is None else found.tpr_at_fpr[fpr].value


def _of_accuracy(pair: Pair) -> Iterator[Planned]:
    """The tests of the target's accuracies; they are paired where the accuracy was measured on the audited records."""
    one, other = pair.first.result.target, pair.second.result.target
    yield _accuracy_test(pair, "train_accuracy", True, one.train_accuracy, other.train_accuracy)
    yield _accuracy_test(pair, "test_accuracy", False, one.test_accuracy, other.test_accuracy)


def _accuracy_test(pair: Pair, measure: Measure, members: bool, before: Quantity, after: Quantity) -> Planned:
    change = _accuracy_change(before, after, _correlation(pair, members, before, after))
    return Planned(measure, None, None, None, before.value, after.value, change)


def _accuracy_change(before: Quantity, after: Quantity, correlation: float) -> Change:
    def at(confidence: float) -> Quantity:
        return square_and_add(_again(before, confidence), _again(after, confidence), correlation)

    return Change(at)


def _again(share: Quantity, confidence: float) -> Quantity:
    """The same share of the same number of records at another confidence."""
    if share.value is None:
        return share
    return proportion(round(share.value * share.n), share.n, confidence)


def _correlation(pair: Pair, members: bool, before: Quantity, after: Quantity) -> float:
    """The correlation of two accuracies by the records in common; 0 unless both were measured on audited records."""
    one, other = _correct(pair.first, members, before.n), _correct(pair.second, members, after.n)
    if one is None or other is None:
        return 0.0
    shared = _within(pair.alike, truth_of(pair.first) == members, truth_of(pair.second) == members)
    return correlation_of_means(one, other, shared)


def _correct(audit: SavedAudit, members: bool, n: int) -> Floats | None:
    """Whether the target was right on each member, or non-member; None where the accuracy is of other records."""
    table, side = audit.needs_scores(PURPOSE), truth_of(audit) == members
    if CORRECT not in table.column_names or int(side.sum()) != n:
        return None
    right: Floats = table[CORRECT].to_numpy()[side]
    return right


def _within(shared: Shared, first: Bools, second: Bools) -> Shared:
    """The shared records of one side, as places among the records of that side."""
    kept = first[shared.first]
    places = np.cumsum(first) - 1, np.cumsum(second) - 1
    return Shared(places[0][shared.first[kept]], places[1][shared.second[kept]]) if kept.any() else NONE_SHARED
