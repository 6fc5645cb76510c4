"""The pool form: outputs once, and panels that are views of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from evidence_files import Arrays, assert_same, minimal, pool_world, pooled, saved
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.io.file import read_evidence, write_evidence
from worlds import gaussian_world


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_shortest_pool(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng)
    evidence, _, ids = read_evidence(saved(tmp_path, arrays))
    inside = arrays["pool.in_training"] == 1
    np.testing.assert_array_equal(evidence.audit.references("logits"), arrays["pool.logits"])
    np.testing.assert_array_equal(evidence.audit.in_reference, inside)
    assert len(evidence.shadows) == 4
    for m, shadow in enumerate(evidence.shadows):
        np.testing.assert_array_equal(shadow.target("logits"), arrays["pool.logits"][m])
        np.testing.assert_array_equal(shadow.references("logits"), np.delete(arrays["pool.logits"], m, axis=0))
        np.testing.assert_array_equal(shadow.in_reference, np.delete(inside, m, axis=0))
        np.testing.assert_array_equal(shadow.member, inside[m])
        np.testing.assert_array_equal(shadow.ids, ids)  # the same records
        np.testing.assert_array_equal(evidence.audit.ids, ids)
        assert shadow.target_view.outputs is evidence.audit.reference_view.outputs  # type: ignore[union-attr]


def test_a_shadows_twin_is_no_reference_of_it(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng)
    arrays["pool.in_training"][1] = 1 - arrays["pool.in_training"][0]
    evidence = read_evidence(saved(tmp_path, arrays)).evidence
    np.testing.assert_array_equal(evidence.shadows[0].references("logits"), arrays["pool.logits"][2:])
    # Model 3 was trained on the same records as model 0, so it is a twin of model 1 too.
    np.testing.assert_array_equal(evidence.shadows[1].references("logits"), arrays["pool.logits"][[2]])
    assert evidence.audit.n_references == 4


def test_chosen_shadows_of_a_pool(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {
        "audit.ids": np.arange(10, 16),
        "shadow.0.target.models": np.array([2]),
        "shadow.1.target.models": np.array([0]),
        "shadow.1.references.models": np.array([3, 1]),
        "shadow.1.ids": np.array([15, 10, 11]),
    }
    evidence = read_evidence(saved(tmp_path, arrays)).evidence
    first, second = evidence.shadows
    np.testing.assert_array_equal(first.references("logits"), arrays["pool.logits"][[0, 1, 3]])
    np.testing.assert_array_equal(second.target("logits"), arrays["pool.logits"][0][[5, 0, 1]])
    np.testing.assert_array_equal(second.references("logits"), arrays["pool.logits"][[3, 1]][:, [5, 0, 1]])
    np.testing.assert_array_equal(second.labels, arrays["audit.labels"][[5, 0, 1]])
    np.testing.assert_array_equal(second.member, arrays["pool.in_training"][0, [5, 0, 1]] == 1)


def test_a_population_in_the_pool_is_seen_by_the_shadows(tmp_path: Path, rng: np.random.Generator) -> None:
    N, M, C = 9, 3, 3
    arrays: Arrays = {
        "pool.logits": rng.normal(size=(M, N, C)),
        "pool.labels": np.arange(N) % C,
        "pool.ids": np.arange(N) + 50,
        "pool.in_training": (np.arange(M * N).reshape(M, N) % 2 * (np.arange(N) < 6)).astype(np.uint8),
    }
    for name, columns in {"audit": [5, 4, 3, 2, 1, 0], "population": [6, 7, 8]}.items():
        arrays |= {
            f"{name}.labels": arrays["pool.labels"][columns],
            f"{name}.ids": arrays["pool.ids"][columns],
            f"{name}.target.logits": rng.normal(size=(len(columns), C)),
            f"{name}.references.models": np.arange(M),
        }
    evidence = read_evidence(saved(tmp_path, arrays)).evidence
    np.testing.assert_array_equal(evidence.audit.references("logits"), arrays["pool.logits"][:, [5, 4, 3, 2, 1, 0]])
    assert evidence.population is not None
    np.testing.assert_array_equal(evidence.population.references("logits"), arrays["pool.logits"][:, 6:])
    for m, panel in enumerate(evidence.shadow_populations):
        np.testing.assert_array_equal(panel.target("logits"), arrays["pool.logits"][m, 6:])
        np.testing.assert_array_equal(panel.references("logits"), np.delete(arrays["pool.logits"], m, axis=0)[:, 6:])
        assert panel.member is None
    assert len(evidence.shadow_populations) == M


@pytest.mark.parametrize("seed", range(5))
def test_pool_round_trip_keeps_order_and_stores_outputs_once(tmp_path: Path, seed: int) -> None:
    evidence = pool_world(np.random.default_rng(seed))
    path = tmp_path / "e.safetensors"
    write_evidence(path, evidence)
    names = set(load_file(path))
    assert "pool.logits" in names
    assert not any("references.logits" in name or name.startswith("shadow.0.target.logits") for name in names)
    assert_same(read_evidence(path).evidence, evidence)


def test_unused_models_and_records_of_the_table_are_not_written(tmp_path: Path, rng: np.random.Generator) -> None:
    world = gaussian_world(rng, n=40, references=4, form="pool", shadows=1, known=0, population=0)
    path = tmp_path / "e.safetensors"
    write_evidence(path, world.evidence, world.member)  # row 0 of the table is the target itself
    arrays = load_file(path)
    assert arrays["pool.logits"].shape == (4, 40, 4)
    loaded = read_evidence(path)
    assert_same(loaded.evidence, world.evidence)
    np.testing.assert_array_equal(loaded.truth, world.member)


def test_a_pool_that_does_not_tell_all_is_written_plainly(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = pool_world(rng)
    shadow = evidence.shadows[0]
    assert shadow.member is not None
    denied = Panel(**{**vars(shadow), "member": ~shadow.member})  # against what the references' panels say
    odd = Evidence(evidence.audit, (denied,))
    path = tmp_path / "e.safetensors"
    write_evidence(path, odd)
    assert "shadow.0.target.logits" in load_file(path)
    assert_same(read_evidence(path).evidence, odd)


def test_a_pool_shadow_without_references_stays_without(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = pool_world(rng)
    bare = Panel(**{**vars(evidence.shadows[0]), "reference_view": None, "in_reference": np.zeros((0, 0), dtype=bool)})
    path = tmp_path / "e.safetensors"
    write_evidence(path, Evidence(evidence.audit, (bare,)))
    assert read_evidence(path).evidence.shadows[0].n_references == 0


POOL_MISTAKES = [
    ("pool.in_training", None, "got no pool.in_training"),
    ("pool.logits", None, "got no pool.logits, pool.probs, pool.loss or pool.score"),
    ("pool.in_training", np.zeros((3, 6), np.uint8), r"pool.in_training: expected shape \(4, 6\).*got \(3, 6\)"),
    ("pool.in_training", np.ones((4, 6), np.uint8), "shadow.0: expected members and non-members"),
    ("pool.logits", np.zeros((4, 5, 3)), "pool.logits: expected outputs of 6 records"),
    ("pool.labels", np.zeros(6, np.int64), "got no pool.ids"),
    ("pool.ids", np.arange(6), "got no pool.labels"),
    ("pool.probs", np.zeros((4, 6, 3)), "expected pool.logits or pool.probs, got both"),
    ("audit.in_reference", np.zeros((4, 6), np.uint8), "got both"),
    ("audit.references.models", np.array([0, 4]), r"expected different models from 0 to 3, got \[0, 4\]"),
    ("audit.references.models", np.array([1, 1]), r"expected different models from 0 to 3, got \[1, 1\]"),
    ("audit.references.models", np.zeros(0, np.int64), "expected models of the pool, got none"),
    ("shadow.0.target.models", np.array([0, 1]), "shadow.0.target.models: expected one model, got 2"),
    ("shadow.0.target.models", np.array([-1]), "expected different models from 0 to 3"),
]


@pytest.mark.parametrize(("name", "value", "message"), POOL_MISTAKES)
def test_mistakes_in_a_pool(tmp_path: Path, rng: np.random.Generator, name: str, value: Any, message: str) -> None:
    arrays = pooled(rng)
    arrays.pop(name, None)
    if value is not None:
        arrays[name] = value
    with pytest.raises(UserError, match=message):
        read_evidence(saved(tmp_path, arrays))


def test_what_the_pool_tells_is_not_told_twice(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {"shadow.0.target.models": np.array([0]), "shadow.0.member": np.zeros(6, np.uint8)}
    with pytest.raises(UserError, match=r"expected no shadow.0.member beside shadow.0.target.models"):
        read_evidence(saved(tmp_path, arrays))


def test_records_that_the_pool_does_not_have(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {"shadow.0.target.models": np.array([0]), "shadow.0.ids": np.array([0, 6, 7])}
    with pytest.raises(UserError, match=r"shadow.0.ids: expected ids that are in pool.ids, got 6 .2 such"):
        read_evidence(saved(tmp_path, arrays))


def test_labels_that_the_pool_contradicts(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {"audit.labels": np.zeros(6, np.int64), "audit.ids": np.arange(6)}
    arrays |= {"pool.labels": np.array([0, 0, 1, 0, 0, 0]), "pool.ids": np.arange(6)}
    with pytest.raises(UserError, match=r"audit.labels: .* got 0 instead of 1 at record 2 .1 such"):
        read_evidence(saved(tmp_path, arrays))


def test_a_panel_in_the_pool_has_ids(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {f"population.{name[6:]}": array for name, array in minimal(rng).items()}
    arrays["population.references.models"] = np.arange(4)
    with pytest.raises(UserError, match=r"expected population.ids"):
        read_evidence(saved(tmp_path, arrays))
