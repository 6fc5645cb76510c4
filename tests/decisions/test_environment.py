"""Tests of the environment of a pack."""

import hashlib
from pathlib import Path

from miaudit import __version__
from miaudit.auditing.files import EVIDENCE, SCORES, load_result
from miaudit.decisions.environment import environment


def test_hashes_are_those_of_the_files_and_facts_those_of_the_result(audit_folder: Path) -> None:
    result = load_result(audit_folder)
    found = environment(audit_folder, result)
    assert found.scores == hashlib.sha256((audit_folder / SCORES).read_bytes()).hexdigest()
    assert found.model_outputs == hashlib.sha256((audit_folder / EVIDENCE).read_bytes()).hexdigest()
    assert (found.data, found.seed, found.packed_by) == (result.provenance.data, 0, __version__)


def test_files_that_are_missing_have_no_hash(audit_folder: Path, tmp_path: Path) -> None:
    found = environment(tmp_path / "elsewhere", load_result(audit_folder))
    assert (found.scores, found.model_outputs) == (None, None)
