from pathlib import Path

import pytest

import miaudit
from decisions.pairs import saved, scores_of
from miaudit.decisions.saved import SavedAudit


class Found:
    """What `miaudit.audit` returns, as far as a comparison reads it."""

    def __init__(self, shift: float, seed: int) -> None:
        self._saved: SavedAudit = saved("this audit", {"loss": scores_of(shift, seed)})


def test_audits_in_memory_are_compared_under_names(tmp_path: Path) -> None:
    found = miaudit.compare(Found(1.2, 0), Found(0.3, 1), names=["none", "l2"])
    assert str(found).startswith("l2 leaks less than none: AUC of loss")
    assert found.table().column("audit").to_pylist() == ["l2"] * 6
    assert found.table().column("direction").to_pylist()[0] == "lower"
    assert set(found.records.column("now").to_pylist()) <= {"exposed", "safe"}
    assert found.save(tmp_path).read_text() == found.to_html()


def test_names_are_numbers_where_none_are_given() -> None:
    found = miaudit.compare(Found(1.2, 0), Found(0.3, 1), Found(0.2, 2))
    assert [audit.name for audit in found.result.audits] == ["audit 1", "audit 2", "audit 3"]


def test_wrong_calls_are_named() -> None:
    one = Found(1.2, 0)
    with pytest.raises(miaudit.UserError, match="got the same one twice"):
        miaudit.compare(one, one)
    with pytest.raises(miaudit.UserError, match="expected 2 names, one for each audit, got 1"):
        miaudit.compare(one, Found(0.3, 1), names=["none"])
