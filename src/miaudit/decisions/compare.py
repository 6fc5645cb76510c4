"""Compares finished audits with a first one: paired tests, corrected for their number, and records that changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from miaudit import __version__
from miaudit.auditing.files import RESULT
from miaudit.decisions.changed import Changed, changed, table_of
from miaudit.decisions.compared_words import leaks, words_of
from miaudit.decisions.comparison import (
    ERROR,
    Against,
    AuditComparison,
    ComparedAudit,
    Difference,
    Direction,
    Matching,
)
from miaudit.decisions.matching import Pair, match
from miaudit.decisions.planned_tests import RATE, Planned, strongest, tests_of
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from miaudit.metrics.quantity import Quantity

LEAST_RELEASED = 10  # records behind a count that may leave


class Compared(NamedTuple):
    """A comparison, and the table of the members that became exposed or safe."""

    result: AuditComparison
    records: pa.Table  # columns audit, attack, id and now; a row for each attack and member that changed sides


class _Prepared(NamedTuple):
    pair: Pair
    tests: tuple[Planned, ...]
    changed: list[Changed]


def compare(
    first: SavedAudit, others: Sequence[SavedAudit], seed: int = 0, unpaired: bool = False, least: int = 0
) -> Compared:
    """Compare audits with a first one.

    Each attack that two audits share is compared by its AUC and by its TPR at each FPR that both resolve, as are the
    strongest attacks of both if these differ, and the target's accuracies. Records that two audits
    share are matched by id, and what they have in common cancels. Intervals and p-values are corrected for the number
    of all tests (Bonferroni), so that one comparison in twenty, at most, shows any difference where there is none.

    Args:
        first: the audit that all others are compared with, such as the one before a change; with its scores.
        others: one audit or more, with their scores.
        seed: of the bootstrap behind the intervals of rates.
        unpaired: take all records to be different ones, whatever their ids.
        least: suppresses counts of changed records below it; 0 shows all.

    Raises:
        UserError: there is no other audit, an audit is given twice, has no scores or no attack in common with the
            first, or ids stand for different records.

    Example:
        >>> from pathlib import Path
        >>> from miaudit.decisions.saved import open_audit
        >>> before, after = (open_audit(Path(name)) for name in ("before", "after"))  # doctest: +SKIP
        >>> compare(before, [after]).result.against[0].headline  # doctest: +SKIP
        'after leaks less than before'
    """
    named = _named(first, others)
    prepared = [_prepare(match(named[0], other, unpaired), seed) for other in named[1:]]
    tests = sum(test.change.at(0.5).value is not None for each in prepared for test in each.tests)
    confidence = 1.0 - ERROR / max(tests, 1)
    result = AuditComparison(
        miaudit=__version__,
        audits=tuple(_facts(audit) for audit in named),
        against=tuple(_against(each, tests, confidence, unpaired, least) for each in prepared),
        tests=tests,
        confidence=confidence,
        seed=seed,
    )
    tables = [table_of(each.pair.second.name, each.changed) for each in prepared]
    return Compared(result, pa.concat_tables(tables))


def _prepare(pair: Pair, seed: int) -> _Prepared:
    if not pair.attacks():
        ran = "; ".join(f"{audit.name}: {', '.join(audit.result.attacks)}" for audit in (pair.first, pair.second))
        raise UserError(f"expected an attack that both audits ran, got none ({ran}): run them with the same attacks")
    return _Prepared(pair, tests_of(pair, seed), list(changed(pair)))


def _against(prepared: _Prepared, tests: int, confidence: float, unpaired: bool, least: int) -> Against:
    pair = prepared.pair
    differences = tuple(_difference(test, tests, confidence) for test in prepared.tests)
    matching = _matching(pair, unpaired)
    counts = tuple(each.counts(least) for each in prepared.changed)
    words = words_of(pair, differences, matching, counts)
    return Against(
        name=pair.second.name,
        leaks=leaks(differences),
        **words._asdict(),
        matching=matching,
        differences=differences,
        changed=counts,
    )


def _difference(test: Planned, tests: int, confidence: float) -> Difference:
    change = test.change.at(confidence)
    p = None if change.value is None else test.change.p
    return Difference(
        **{name: getattr(test, name) for name in ("measure", "fpr", "attack", "attack_after", "before", "after")},
        change=change,
        p=p,
        p_corrected=None if p is None else min(1.0, p * tests),
        direction=_direction(change),
    )


def _direction(change: Quantity) -> Direction:
    if change.high is not None and change.high < 0:
        return "lower"
    return "higher" if change.low is not None and change.low > 0 else "unclear"


def _matching(pair: Pair, unpaired: bool) -> Matching:
    shared = len(pair.shared.first)
    first, second = (audit.result.target for audit in (pair.first, pair.second))
    return Matching(
        shared=shared,
        differing=shared - len(pair.alike.first),
        only_first=first.members + first.nonmembers - shared,
        only_other=second.members + second.nonmembers - shared,
        ignored=unpaired,
    )


def _facts(audit: SavedAudit) -> ComparedAudit:
    result, title = audit.result, strongest(audit.result)
    found = None if title is None else result.attacks[title]
    return ComparedAudit(
        name=audit.name,
        description=result.target.description,
        members=result.target.members,
        nonmembers=result.target.nonmembers,
        verdict=result.verdict.level,
        strongest=title,
        auc=None if found is None else found.auc,
        tpr=None if found is None else found.tpr_at_fpr.get(RATE),
        test_accuracy=result.target.test_accuracy,
    )


def _named(first: SavedAudit, others: Sequence[SavedAudit]) -> list[SavedAudit]:
    """The audits under short names: the last part of each path, where these differ."""
    audits = [first, *others]
    if len(audits) < 2:
        raise UserError("expected two audits or more to compare, got one")
    places = [_place(audit) for audit in audits]
    twice = next((place for place in places if places.count(place) > 1), None)
    if twice is not None:
        raise UserError(f"expected different audits, got {twice} twice")
    short = [place.name for place in places]
    names = short if len(set(short)) == len(short) else [audit.name for audit in audits]
    return [audit._replace(name=name) for audit, name in zip(audits, names, strict=True)]


def _place(audit: SavedAudit) -> Path:
    """The folder of the audit."""
    path = Path(audit.name).resolve()
    return path.parent if path.name == RESULT else path
