"""Files with one number per record: a loss or a score, and those of reference models."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence_files import saved
from miaudit.errors import UserError
from miaudit.evidence import Evidence
from miaudit.evidence.io import tensors
from miaudit.evidence.io.file import read_evidence, write_evidence
from miaudit.reading.hints import Hints
from worlds import as_numbers, gaussian_world


def table(folder: Path, **columns: Any) -> Path:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(str(cell) for cell in row) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return folder / "t.csv"


MEMBER = [1, 0, 1, 0]
LOSS = [0.1, 2.0, 0.0, 1.5]


def test_a_table_of_losses(tmp_path: Path) -> None:
    path = table(tmp_path, member=MEMBER, loss=LOSS, ref0_loss=[1, 2, 3, 4], ref0_in=[0, 1, 0, 1], ref1_loss=LOSS)
    told: list[str] = []
    evidence, truth, _ = read_evidence(path, told.append)
    assert told == []
    assert truth is not None
    assert truth.tolist() == [True, False, True, False]
    assert (evidence.audit.kind, evidence.audit.n_classes) == ("loss", 1)
    assert evidence.audit.target("loss").tolist() == [-0.1, -2.0, 0.0, -1.5]
    assert evidence.audit.references("loss").tolist() == [[-1, -2, -3, -4], [-0.1, -2.0, 0.0, -1.5]]
    assert evidence.audit.in_reference.tolist() == [[False, True, False, True], [False] * 4]
    # A loss of 0 is read as half of the smallest positive one, where its log odds are asked for.
    assert evidence.audit.target("scaled_logit")[2] == pytest.approx(-np.log(np.expm1(0.05)))


def test_a_table_of_scores(tmp_path: Path) -> None:
    path = table(tmp_path, member=MEMBER, score=[-1e6, 0, 1e6, 2e6], ref0_score=[0, 0, 0, 1e6])
    audit = read_evidence(path).evidence.audit
    assert audit.kind == "score"
    assert audit.target("loss") == pytest.approx(np.array([-1.5, -0.5, 0.5, 1.5]) / 1.5)
    assert audit.references("loss")[0] == pytest.approx(np.array([-0.5, -0.5, -0.5, 0.5]) / 1.5)


def test_panels_of_losses(tmp_path: Path) -> None:
    panels = ["audit", "audit", "shadow.0", "shadow.0", "population"]
    path = table(tmp_path, panel=panels, member=[1, 0, 1, 0, 0], loss=[1, 2, 3, 4, 5], ref0_loss=[1, 2, 3, 4, 5])
    evidence = read_evidence(path).evidence
    assert [len(panel) for panel in evidence.panels()] == [2, 2, 1]
    assert {panel.kind for panel in evidence.panels()} == {"loss"}


def test_a_number_may_have_any_name_that_is_told(tmp_path: Path) -> None:
    path = table(tmp_path, member=MEMBER, bits=LOSS, ref0_bits=LOSS)
    told: list[str] = []
    evidence = read_evidence(path, told.append, Hints(outputs="loss", probabilities=("bits",))).evidence
    assert evidence.audit.n_references == 1
    assert "Column 'bits' holds a loss for each record: lower fits better." in " ".join(told)


def test_the_truth_beside_a_loss_is_kept_and_no_class(tmp_path: Path) -> None:
    path = table(tmp_path, member=MEMBER, y=[0.5, 1.5, 2.5, 3.5], loss=LOSS)
    told: list[str] = []
    evidence = read_evidence(path, told.append).evidence
    assert evidence.audit.labels.tolist() == [0, 0, 0, 0]
    assert any("Kept with the records: y" in line for line in told)


@pytest.mark.parametrize(
    "columns",
    [
        {"label": [0, 1, 0, 1], "p0": [0.5] * 4, "p1": [0.5] * 4, "loss": LOSS},
        {"label": [0, 1, 0, 1], "score": [0.1, 0.9, 0.2, 0.8]},
        {"label": [0, 1, 0, 1], "prob": [0.1, 0.9, 0.2, 0.8], "loss": LOSS},
        {"label": ["a", "b", "a", "b"], "a": [0.1, 0.9, 0.2, 0.8], "b": [0.9, 0.1, 0.8, 0.2], "loss": LOSS},
        {"label": [0, 1, 0, 1], "pred": [0, 1, 1, 1], "loss": LOSS},
    ],
)
def test_a_classifier_stays_a_classifier(tmp_path: Path, columns: dict[str, Any]) -> None:
    assert read_evidence(table(tmp_path, member=MEMBER, **columns)).evidence.audit.n_classes == 2


@pytest.mark.parametrize(
    ("columns", "hints", "message"),
    [
        ({"loss": [0.1, -2.0, 0.0, 1.5]}, Hints(), r"losses of 0 or more.*got -2 at record 1.*as a score"),
        ({"loss": LOSS, "score": LOSS}, Hints(), "loss, score could each.*--outputs loss or --outputs score"),
        ({"loss": LOSS, "nll": LOSS}, Hints(outputs="loss"), "expected one column of it, got loss, nll"),
        ({"bits": LOSS}, Hints(), "if the model is no classifier.*--outputs loss or --outputs score"),
        ({"bits": LOSS}, Hints(outputs="score"), "--outputs score: expected one column of it, got none"),
        (
            {"score": [0.1, 0.9, 0.2, 0.8], "died": [0, 1, 0, 1], "age": [40, 41, 42, 43]},
            Hints(),
            r"'score' may hold the probability of a class.*by --label \(died\?\), or say --outputs score",
        ),
        ({"loss": ["", 1, 2, 3]}, Hints(), "column loss: expected a finite number in every row"),
    ],
)
def test_what_is_refused_says_what_to_do(tmp_path: Path, columns: dict[str, Any], hints: Hints, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_evidence(table(tmp_path, member=MEMBER, **columns), hints=hints)


@pytest.mark.parametrize("kind", ["loss", "score"])
@pytest.mark.parametrize("form", ["half", "pool"])
@pytest.mark.parametrize("small", [True, False])
def test_what_is_written_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any, form: Any, small: bool
) -> None:
    monkeypatch.setattr(tensors, "IN_MEMORY", 2**28 if small else 0)
    world = gaussian_world(np.random.default_rng(0), n=40, references=4, known=10, population=0, form=form)
    evidence = as_numbers(world.evidence, kind)
    write_evidence(tmp_path / "e.safetensors", evidence, world.member)
    loaded = read_evidence(tmp_path / "e.safetensors")
    assert loaded.truth is not None
    np.testing.assert_array_equal(loaded.truth, world.member)
    for read, written in zip(loaded.evidence.panels(), evidence.panels(), strict=True):
        for name in ("loss", "scaled_logit"):
            np.testing.assert_array_equal(read.target(name), written.target(name))
            if written.n_references:
                np.testing.assert_array_equal(read.references(name), written.references(name))
        np.testing.assert_array_equal(read.in_reference, written.in_reference)


def arrays() -> dict[str, Any]:
    return {"audit.target.loss": np.array(LOSS), "audit.references.loss": np.array([LOSS, LOSS])}


def test_the_shortest_file_has_no_labels(tmp_path: Path) -> None:
    evidence: Evidence = read_evidence(saved(tmp_path, arrays())).evidence
    assert evidence.audit.references("loss").shape == (2, 4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"audit.target.loss": np.array([LOSS])}, r"audit.target.loss: expected shape \(n,\), got \(1, 4\)"),
        ({"audit.references.loss": np.ones((2, 4, 3))}, r"expected shape \(models, n\), got \(2, 4, 3\)"),
        ({"audit.references.loss": np.ones((2, 3))}, "expected outputs of 4 records"),
        ({"audit.labels": np.array([0, 1, 0, 1])}, "audit.labels: expected no labels beside one number per record"),
        ({"audit.references.loss": None, "audit.references.score": np.ones((2, 4))}, "a loss in .* a score in"),
        ({"audit.references.loss": None, "audit.references.probs": np.full((2, 4, 2), 0.5)}, "one kind of numbers"),
    ],
)
def test_tensors_that_are_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_evidence(saved(tmp_path, {key: value for key, value in (arrays() | change).items() if value is not None}))


def test_a_score_beside_two_values_is_read_where_the_user_says_so(tmp_path: Path) -> None:
    path = table(tmp_path, member=MEMBER, score=[0.1, 0.9, 0.2, 0.8], died=[0, 1, 0, 1])
    assert read_evidence(path, hints=Hints(outputs="score")).evidence.audit.n_classes == 1
    assert read_evidence(path, hints=Hints(label="died")).evidence.audit.n_classes == 2
    beyond = table(tmp_path, member=MEMBER, score=[0.1, 0.9, 2.0, 0.8], died=[0, 1, 0, 1])
    assert read_evidence(beyond).evidence.audit.n_classes == 1


@pytest.mark.parametrize(
    ("columns", "hints"),
    [
        ({"member": MEMBER, "ref0_score": [0.2, 0.1, 0.4, 0.3], "ref0_in": [0, 1, 0, 1]}, Hints()),
        ({"panel": ["audit", "audit", "known", "known"], "member": MEMBER}, Hints()),
        ({"group": ["a", "b", "a", "b"]}, Hints(member="group=a")),
    ],
)
def test_two_values_of_a_known_column_are_no_classes(tmp_path: Path, columns: dict[str, Any], hints: Hints) -> None:
    found = read_evidence(table(tmp_path, **columns, score=[0.1, 0.9, 0.2, 0.8]), hints=hints)
    assert found.evidence.audit.kind == "score"
