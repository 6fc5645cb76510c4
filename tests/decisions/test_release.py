"""Tests that a released result holds no number that rests on fewer than k records."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from decisions_examples import EXAMPLE, saved
from miaudit.auditing.result import AuditResult
from miaudit.decisions.release import release
from miaudit.decisions.saved import SavedAudit, open_audit
from miaudit.errors import UserError
from miaudit.metrics.quantity import Quantity

K = 10


def counts(result: AuditResult) -> Iterator[tuple[float, int]]:
    """Every count behind a rate of the result, and of how many records it is."""
    members = result.target.members
    for attack in result.attacks.values():
        rates = [*attack.tpr_at_fpr.values(), *attack.randomised_tpr_at_fpr.values()]
        rates += [finding.tpr for finding in result.findings]
        yield from ((rate.value * members, members) for rate in rates if rate.value is not None)
        own = [*attack.precision_at_recall.values(), attack.decision.recall, attack.decision.precision]
        yield from ((of.value * of.n, of.n) for of in own if of is not None and of.value is not None)
        cells = (attack.decision.tp, attack.decision.fp, attack.decision.tn, attack.decision.fn)
        yield from ((cell, cell + K) for cell in cells if cell is not None)
    for accuracy in (result.target.train_accuracy, result.target.test_accuracy):
        if accuracy.value is not None:
            yield accuracy.value * accuracy.n, accuracy.n


def test_no_count_is_smaller_than_k() -> None:
    found = list(counts(release(saved(), K)))
    assert len(found) > 5
    for count, of in found:
        assert K <= round(count) <= of - K


def test_a_larger_minimum_shows_less() -> None:
    assert len(list(counts(release(saved(), 100)))) < len(list(counts(release(saved(), 10))))


def test_what_lies_next_to_a_record_is_gone() -> None:
    released = release(saved(), K)
    for attack in released.attacks.values():
        assert (attack.learned, attack.decision.cut) == ({}, None)
    assert released.target.probability_floor is None
    assert released.read_as == ()
    assert released.release is not None
    assert released.release.least == K
    assert any("all ids" in line for line in released.release.removed)
    assert set(released.release.roc) == set(released.attacks)


def test_the_answer_stays_and_its_sentences_quote_no_withheld_number(audit_folder: Path) -> None:
    audit = open_audit(audit_folder)
    released = release(audit, 2)
    assert released.verdict.level == audit.result.verdict.level
    assert released.verdict.headline == audit.result.verdict.headline
    assert not any("withheld:" in sentence for sentence in released.verdict.sentences)


def test_a_result_can_be_released_without_scores_and_read_again() -> None:
    audit = saved()
    released = release(SavedAudit("a result", audit.result, None), K)
    assert released.release is not None
    assert released.release.roc == {}
    assert AuditResult.model_validate_json(released.model_dump_json(by_alias=True)) == released


@pytest.mark.parametrize(
    ("members", "k", "message"),
    [(300, 1, "at least 2 records"), (19, 10, "needs 20 members and 20 non-members, an example has 19 and 300")],
)
def test_too_few_records_and_too_low_a_minimum_are_refused(members: int, k: int, message: str) -> None:
    with pytest.raises(UserError, match=message):
        release(saved(replace(EXAMPLE, members=members)), k)


def test_a_release_is_not_released_again() -> None:
    once = release(saved(), K)
    with pytest.raises(UserError, match="was made for release already"):
        release(SavedAudit("a release", once, None), K)


def test_folders_and_users_are_left_out() -> None:
    audit = saved()
    config = {"target": {"members": "/data/ward/members.csv", "address": "https://ann:pw@host/model"}, "seed": 3}
    target = audit.result.target.model_copy(update={"description": "net.py of /home/ann/work"})
    origin = audit.result.provenance.model_copy(update={"config": config})
    released = release(audit._replace(result=audit.result.model_copy(update={"target": target, "provenance": origin})))
    wanted = {"target": {"members": "members.csv", "address": "https://host/model"}, "seed": 3}
    assert released.provenance.config == wanted
    assert released.target.description == "net.py of work"


def test_a_rate_that_rests_on_all_records_is_withheld() -> None:
    audit = saved()
    sure = Quantity(value=1.0, low=0.99, high=1.0, n=300)
    target = audit.result.target.model_copy(update={"train_accuracy": sure})
    released = release(audit._replace(result=audit.result.model_copy(update={"target": target})), K)
    assert released.target.train_accuracy.value is None
