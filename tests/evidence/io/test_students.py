"""Students in a file of evidence, in both of its forms."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.io.file import read_evidence, write_evidence
from miaudit.evidence.io.tensors import Blocks, TensorFile, write_tensors
from worlds import gaussian_world


def taught(evidence: Evidence) -> Evidence:
    """The evidence with two students in the panels of the target and of the shadows."""
    rng = np.random.default_rng(0)

    def add(panel: Panel) -> Panel:
        first = rng.random(len(panel)) < 0.5
        return panel.with_students(rng.normal(size=(2, len(panel), panel.n_classes)), np.stack([first, ~first]))

    shadows = tuple(map(add, evidence.shadows))
    return Evidence(add(evidence.audit), shadows, evidence.known, evidence.population, evidence.shadow_populations)


@pytest.mark.parametrize("form", ["half", "pool"])
def test_students_survive_the_file(form: Any, tmp_path: Path) -> None:
    evidence = taught(gaussian_world(np.random.default_rng(0), n=40, references=4, form=form, population=0).evidence)
    write_evidence(tmp_path / "evidence.safetensors", evidence)
    loaded = read_evidence(tmp_path / "evidence.safetensors").evidence
    for kept, panel in zip(loaded.panels(), evidence.panels(), strict=True):
        assert (kept.students is None) == (panel.students is None)
        if kept.students is not None and panel.students is not None:
            np.testing.assert_array_equal(kept.students.taught, panel.students.taught)
            np.testing.assert_array_equal(kept.students.view.signal("logits"), panel.students.view.signal("logits"))


LOGITS, FLAGS = np.zeros((2, 3, 2)), np.array([[1, 0, 1], [0, 1, 0]], dtype=np.uint8)


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"audit.students.logits": LOGITS}, r"audit\.students: expected audit\.taught beside it, got none"),
        ({"audit.taught": FLAGS}, r"audit\.taught: expected audit\.students\.logits beside it, got none"),
        ({"audit.students.logits": LOGITS, "audit.taught": FLAGS[:1]}, r"audit\.taught: expected shape \(2, 3\)"),
        ({"audit.students.logits": np.zeros((2, 3, 4)), "audit.taught": FLAGS}, "expected 2 classes, as their teacher"),
        (
            {"audit.students.loss": np.zeros((2, 3)), "audit.taught": FLAGS},
            r"there is no tensor 'audit\.students\.loss'",
        ),
        ({"audit.students.logits": np.zeros((2, 4, 2)), "audit.taught": FLAGS}, "expected outputs of 3 records"),
    ],
)
def test_what_does_not_fit_is_refused(tensors: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.safetensors"
    write_evidence(path, Evidence.of(Panel.of(target=np.zeros((3, 2)), labels=[0, 1, 0])))
    file = TensorFile(path)
    kept = {name: Blocks.of(file.array(name)) for name in file.names}
    write_tensors(path, kept | {name: Blocks.of(array) for name, array in tensors.items()}, file.metadata)
    with pytest.raises(UserError, match=message):
        read_evidence(path)
