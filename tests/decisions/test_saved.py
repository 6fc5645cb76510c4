"""Tests of reading finished audits."""

from pathlib import Path

import pytest

from miaudit.auditing.files import RESULT, SCORES
from miaudit.decisions.saved import open_audit
from miaudit.errors import UserError


def test_a_folder_and_its_result_give_the_same_audit(audit_folder: Path) -> None:
    by_folder, by_file = open_audit(audit_folder), open_audit(audit_folder / RESULT)
    assert by_folder.result == by_file.result
    assert by_folder.scores is not None
    assert by_folder.scores.equals(by_file.needs_scores("a test"))


def test_a_result_alone_is_read_and_missing_scores_are_named(audit_folder: Path) -> None:
    (audit_folder / SCORES).unlink()
    saved = open_audit(audit_folder)
    assert saved.scores is None
    with pytest.raises(UserError, match=r"gate reads the scores .* expected scores\.parquet"):
        saved.needs_scores("gate")


def test_another_file_is_refused(audit_folder: Path) -> None:
    with pytest.raises(UserError, match=r"expected the folder of an audit or its result\.json, got .*scores\.parquet"):
        open_audit(audit_folder / SCORES)


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        open_audit(tmp_path / "nowhere" / RESULT)
