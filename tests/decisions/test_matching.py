import numpy as np
import pyarrow as pa
import pytest

from decisions.pairs import saved, scores_of
from miaudit.decisions.matching import match, truth_of
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError


def audit(name: str, **columns: object) -> SavedAudit:
    return saved(name, {"loss": scores_of(0.5, 0, n=8)}, **columns)


def test_records_are_matched_by_id_in_any_order_and_as_text() -> None:
    back = np.arange(8)[::-1]
    other = audit("B", id=back.astype(str), label=back % 10, member=back < 4)
    pair = match(audit("A"), other)
    assert dict(zip(pair.shared.first.tolist(), pair.shared.second.tolist(), strict=True)) == {
        i: 7 - i for i in range(8)
    }
    assert len(pair.alike.first) == 8


def test_members_that_are_non_members_there_are_shared_but_not_alike() -> None:
    pair = match(audit("A"), audit("B", member=np.arange(8) >= 3))
    assert len(pair.shared.first) == 8
    assert pair.alike.first.tolist() == [3]


def test_other_ids_share_nothing_and_unpaired_ignores_ids() -> None:
    assert len(match(audit("A"), audit("B", id=np.arange(8) + 100)).shared.first) == 0
    assert len(match(audit("A"), audit("B", label=np.zeros(8, dtype=int)), unpaired=True).shared.first) == 0


def test_ids_that_name_other_records_are_refused() -> None:
    labels = np.arange(8) % 10
    labels[3] = 9
    with pytest.raises(UserError, match="1 differ in class, such as '3', of class '3' in one and '9' in the other"):
        match(audit("A"), audit("B", label=labels))


def test_ids_that_occur_twice_are_refused() -> None:
    with pytest.raises(UserError, match=r"one record each in B, got '5' 2 times"):
        match(audit("A"), audit("B", id=[0, 1, 2, 3, 4, 5, 5, 7]))


def test_classes_are_compared_by_name() -> None:
    names = np.array(list("abcdefgh"))
    pair = match(audit("A", **{"class": names}), audit("B", **{"class": names, "label": np.arange(8)[::-1]}))
    assert len(pair.shared.first) == 8


def test_an_unknown_truth_is_named() -> None:
    with pytest.raises(UserError, match="B does not say which records are members"):
        truth_of(audit("B", member=pa.nulls(8, pa.bool_())))


def test_an_audit_without_scores_is_named() -> None:
    with pytest.raises(UserError, match=r"a comparison of audits reads the scores of single records.*in B"):
        match(audit("A"), audit("B")._replace(scores=None))
