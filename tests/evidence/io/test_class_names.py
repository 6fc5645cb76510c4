"""Names of classes are kept in the header of a file of evidence."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from miaudit.errors import UserError
from miaudit.evidence.io.class_names import from_metadata, to_metadata
from miaudit.evidence.io.file import open_evidence, write_evidence

NAMES = ("no", "yes, «ja»", "é")


def written(path: Path, **metadata: str) -> Path:
    """A short file of evidence on three classes."""
    outputs = np.eye(3, dtype=np.float32)[[0, 1, 2, 1]]
    tensors = {"audit.labels": np.array([0, 1, 2, 2]), "audit.target.logits": outputs - 2}
    save_file(tensors, path, metadata={"miaudit": "evidence/1", **metadata})
    return path


def test_names_survive(tmp_path: Path) -> None:
    evidence = open_evidence(written(tmp_path / "a.safetensors")).loaded.evidence
    write_evidence(tmp_path / "b.safetensors", evidence, class_names=NAMES)
    assert open_evidence(tmp_path / "b.safetensors").class_names == NAMES


def test_files_without_names_stay_readable(tmp_path: Path) -> None:
    assert open_evidence(written(tmp_path / "a.safetensors")).class_names == ()
    assert to_metadata((), 3) == {}


def test_a_table_names_its_classes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("label,prob_no,prob_yes,member\nno,0.9,0.1,1\nyes,0.3,0.7,0\n")
    assert open_evidence(path).class_names == ("no", "yes")
    path.write_text("label,p0,p1,member\n0,0.9,0.1,1\n1,0.3,0.7,0\n")
    assert open_evidence(path).class_names == ()


@pytest.mark.parametrize("text", ["no", "[", "3", '["a", "b"]', '["a", "b", 3]', "[" * 100_000])
def test_what_names_no_classes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r"a\.safetensors: expected as `class_names` in the header a JSON list"):
        open_evidence(written(tmp_path / "a.safetensors", class_names=text))


def test_metadata_by_hand() -> None:
    assert json.loads(to_metadata(NAMES, 3)["class_names"]) == list(NAMES)
    assert from_metadata(to_metadata(NAMES, 3), 3) == NAMES
