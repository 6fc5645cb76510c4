"""Every mistake in an evidence file has a message that says what came and what was expected."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence_files import VERSION, full, minimal, saved
from miaudit.errors import UserError
from miaudit.evidence.io.file import read_evidence


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


NAN = np.array([[0.0, np.nan, 0.0]] * 6)
MISTAKES = [
    ("audit.labels", None, "expected audit.labels, got none"),
    ("audit.target.logits", None, "expected audit.target.logits .or audit.target.probs., got none|target.logits"),
    ("audit.labels", np.zeros(6, np.float32), "audit.labels: expected whole numbers .int64., got float32"),
    ("audit.labels", np.zeros((6, 1), np.int64), r"audit.labels: expected shape \(n,\) with n > 0, got \(6, 1\)"),
    ("audit.labels", np.zeros(0, np.int64), "with n > 0"),
    ("audit.labels", np.full(6, 3), "expected classes 0 to 2, .* got 3 at record 0 .6 such"),
    ("audit.labels", np.full(6, -1), "got -1 at record 0"),
    ("audit.target.logits", np.zeros((5, 3)), r"expected outputs of 6 records.*got \(1, 5, 3\)"),
    ("audit.target.logits", np.zeros(6), r"audit.target.logits: expected shape \(n, classes\), got \(6,\)"),
    ("audit.target.logits", np.zeros((6, 3), np.float16), "expected float32 or float64, got float16"),
    ("audit.target.logits", np.zeros((6, 3), np.int64), "expected float32 or float64, got int64"),
    ("audit.target.logits", np.zeros((6, 1)), "expected two classes or more, got 1"),
    ("audit.target.logits", NAN, "audit.target.logits: expected finite numbers, got nan .* at record 0 .6 such"),
    ("audit.target.logits", NAN * 0 + np.inf, "expected finite numbers, got"),
    ("audit.target.logits", np.zeros((6, 4)), "expected as many classes everywhere, got"),
    ("audit.target.probs", np.full((6, 3), 1 / 3), "expected audit.target.logits or audit.target.probs, got both"),
    ("audit.target.prob", np.zeros((6, 3)), "no tensor 'audit.target.prob' .*: did you mean 'audit.target.probs'"),
    ("audit.target.models", np.zeros(1, np.int64), "no tensor 'audit.target.models'"),
    ("zzz", np.zeros(1), "no tensor 'zzz' in the format: expected PANEL.FIELD"),
    ("shadow.01.labels", np.zeros(1), "no tensor 'shadow.01.labels'"),
    ("audit.references.logits", np.zeros((6, 3)), r"expected shape \(models, n, classes\), got \(6, 3\)"),
    ("audit.references.logits", np.zeros((6, 4, 3)), r"expected outputs of 6 records.*got \(6, 4, 3\)"),
    ("audit.references.logits", np.zeros((0, 6, 3)), "at least one model"),
    ("audit.references.logits", None, "audit.in_reference: expected the outputs of these reference models, too"),
    ("audit.references.logits", np.zeros((3, 6, 3)), r"audit.in_reference: expected shape \(3, 6\).*got \(4, 6\)"),
    ("audit.in_reference", np.full((4, 6), 2, np.uint8), "audit.in_reference: expected 0 and 1 only, got 2 .24 such"),
    ("audit.in_reference", np.zeros((4, 6)), "audit.in_reference: expected 0 and 1 .uint8., got float64"),
    ("audit.member", np.full(6, 255, np.uint8), "audit.member: expected 0 and 1 only, got 255"),
    ("audit.member", np.zeros(5, np.uint8), r"audit.member: expected shape \(6,\).*got \(5,\)"),
    ("shadow.0.member", None, "shadow.0.member: expected 1 for members and 0 for others, got none"),
    ("known.member", None, "known.member: expected 1 for members and 0 for others, got none"),
    ("shadow.0.member", np.ones(5, np.uint8), "shadow.0: expected members and non-members.*5 members only"),
    ("shadow.1.member", np.zeros(7, np.uint8), "shadow.1: expected members and non-members.*7 non-members only"),
    ("population.member", np.ones(8, np.uint8), "population.member: expected records that no audited model saw"),
    ("audit.ids", np.array([1, 2, 3, 4, 5, 2]), "audit.ids: expected an id of its own.*got 2 2 times .first at"),
    ("audit.ids", np.zeros(6, np.uint64), "audit.ids: expected whole numbers .int64., got uint64"),
    ("audit.ids", np.arange(5), r"audit.ids: expected shape \(6,\)"),
    ("population.shadow_targets.logits", np.zeros((3, 8, 3)), "expected the outputs of the 2 shadow models.*3 models"),
    ("audit.references.models", np.arange(4), "expected pool.logits and .* beside audit.references.models"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), MISTAKES, ids=[f"{m[0]}-{i}" for i, m in enumerate(MISTAKES)])
def test_mistakes(tmp_path: Path, rng: np.random.Generator, name: str, value: Any, message: str) -> None:
    arrays = full(rng)
    arrays.pop(name, None)
    if value is not None:
        arrays[name] = value
    with pytest.raises(UserError, match=message) as error:
        read_evidence(saved(tmp_path, arrays))
    assert "evidence.safetensors" in str(error.value)


PROBABILITIES = [
    ([1.2, -0.2], r"expected probabilities in \[0, 1\], got 1.2 at record 0"),
    ([0.51, 0.37], "expected rows that sum to 1 within 0.01.*, got 0.88 at record 0"),
    ([0.512, 0.4801], "expected rows that sum to 1 within 0.001, got 0.992.* at record 0"),
    ([0.0, 0.0], "expected rows that sum to 1"),
    ([np.nan, 1.0], "expected finite numbers, got nan"),
]


@pytest.mark.parametrize(("row", "message"), PROBABILITIES)
def test_mistakes_in_probabilities(tmp_path: Path, row: list[float], message: str) -> None:
    arrays = {"audit.labels": np.array([1]), "audit.target.probs": np.array([row], dtype=np.float32)}
    with pytest.raises(UserError, match=message):
        read_evidence(saved(tmp_path, arrays))


def test_a_mistake_in_one_of_many_models_names_the_model(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    arrays["audit.references.logits"][2, 5, 1] = np.inf
    with pytest.raises(UserError, match=r"audit.references.logits, model 2: .* got inf .* at record 5"):
        read_evidence(saved(tmp_path, arrays))


def test_logits_and_probabilities_may_stand_beside_each_other(tmp_path: Path, rng: np.random.Generator) -> None:
    """A target behind a mask shows probabilities; models of an attacker who does not know of it give logits."""
    arrays = full(rng)
    arrays["audit.references.probs"] = np.full(arrays.pop("audit.references.logits").shape, 1 / 3)
    audit = read_evidence(saved(tmp_path, arrays)).evidence.audit
    np.testing.assert_array_equal(audit.target("logits"), arrays["audit.target.logits"])
    np.testing.assert_allclose(audit.references("loss"), np.log(1 / 3))


def test_panels_have_as_many_references(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    for name in ("shadow.1.references.logits", "shadow.1.in_reference"):
        arrays[name] = arrays[name][:3]
    with pytest.raises(UserError, match=r"same model in each; got 4 in audit and 3 in shadow.1"):
        read_evidence(saved(tmp_path, arrays))


def test_panels_have_as_many_classes(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng) | {"known.target.logits": np.zeros((4, 4)), "known.references.logits": np.zeros((4, 4, 4))}
    with pytest.raises(UserError, match=r"expected as many classes everywhere, got 3 in audit.* and 4 in known"):
        read_evidence(saved(tmp_path, arrays))


def test_shadows_are_numbered_without_a_gap(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = {name.replace("shadow.0", "shadow.2"): array for name, array in full(rng).items()}
    with pytest.raises(UserError, match=r"got shadow.1, shadow.2; shadow.0 is missing"):
        read_evidence(saved(tmp_path, arrays))


def test_there_is_something_to_audit(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = {name: array for name, array in full(rng).items() if not name.startswith("audit")}
    with pytest.raises(UserError, match=r"expected a panel 'audit' .* got known, population, shadow.0"):
        read_evidence(saved(tmp_path, arrays))


@pytest.mark.parametrize(
    ("metadata", "message"),
    [(None, "got none"), ({"other": "x"}, "got none"), ({"miaudit": "evidence/2"}, "got version 'evidence/2'")],
)
def test_the_version_is_checked(
    tmp_path: Path, rng: np.random.Generator, metadata: dict[str, str] | None, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        read_evidence(saved(tmp_path, minimal(rng), metadata))


@pytest.mark.parametrize("size", [0, 4, 8, 100, -1])
def test_a_file_cut_short(tmp_path: Path, rng: np.random.Generator, size: int) -> None:
    path = saved(tmp_path, minimal(rng))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(UserError, match=r"expected a safetensors file, got .* cut short"):
        read_evidence(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 50, pickle.dumps({"a": 1}), b"label,p0\n" * 20])
def test_a_file_of_another_kind(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.safetensors"
    path.write_bytes(content)
    with pytest.raises(UserError, match="expected a safetensors file"):
        read_evidence(path)


def test_a_number_type_that_numpy_lacks(tmp_path: Path) -> None:
    entries = {"__metadata__": VERSION, "audit.labels": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}
    header = json.dumps(entries).encode()
    path = tmp_path / "e.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(UserError, match=r"audit.labels: .* got BF16"):
        read_evidence(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.safetensors", "no such file"),
        (".", "got a folder"),
        ("e.doc", "expected a file .safetensors"),
    ],
)
def test_a_path_that_is_no_evidence(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "e.doc").touch()
    with pytest.raises(UserError, match=message):
        read_evidence(tmp_path / name)
