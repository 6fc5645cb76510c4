"""Evidence on disk: what is written, by hand or by miaudit, is what is read."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from evidence_files import assert_same, full, minimal, pool_world, saved
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.evidence.io.file import read_evidence, write_evidence
from worlds import Form, gaussian_world


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_the_shortest_file(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = minimal(rng)
    loaded = read_evidence(saved(tmp_path, arrays))
    np.testing.assert_array_equal(loaded.evidence.audit.target("logits"), arrays["audit.target.logits"])
    np.testing.assert_array_equal(loaded.evidence.audit.labels, arrays["audit.labels"])
    assert loaded.truth is None
    assert loaded.ids.tolist() == [0, 1, 2, 3, 4, 5]
    assert loaded.evidence.audit.ids is None  # without ids, no record is the same as one of another panel


def test_every_tensor_of_the_plain_form_is_read(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    evidence, truth, ids = read_evidence(saved(tmp_path, arrays))
    assert truth is not None
    np.testing.assert_array_equal(truth, arrays["audit.member"] == 1)
    np.testing.assert_array_equal(ids, arrays["audit.ids"])
    assert evidence.audit.member is None
    assert evidence.known is not None
    assert evidence.population is not None
    panels = {"audit": evidence.audit, "known": evidence.known, "population": evidence.population}
    panels |= {"shadow.0": evidence.shadows[0], "shadow.1": evidence.shadows[1]}
    for name, panel in panels.items():
        np.testing.assert_array_equal(panel.labels, arrays[f"{name}.labels"])
        np.testing.assert_array_equal(panel.target("logits"), arrays[f"{name}.target.logits"])
        np.testing.assert_array_equal(panel.references("logits"), arrays[f"{name}.references.logits"])
        np.testing.assert_array_equal(panel.in_reference, arrays[f"{name}.in_reference"] == 1)
        np.testing.assert_array_equal(panel.ids, arrays[f"{name}.ids"])
        if name in ("shadow.0", "shadow.1", "known"):
            np.testing.assert_array_equal(panel.member, arrays[f"{name}.member"] == 1)
    for s, panel in enumerate(evidence.shadow_populations):
        np.testing.assert_array_equal(panel.target("logits"), arrays["population.shadow_targets.logits"][s])
        np.testing.assert_array_equal(panel.references("logits"), arrays["population.references.logits"])


def test_absent_in_reference_means_trained_on_none(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    del arrays["audit.in_reference"]
    assert not read_evidence(saved(tmp_path, arrays)).evidence.audit.in_reference.any()


def test_probabilities_stay_as_they_are_and_signals_come_from_them(tmp_path: Path) -> None:
    probs = np.array([[0.25, 0.75], [0.5, 0.5], [1.0, 0.0]])
    arrays = {"audit.labels": np.array([1, 0, 1]), "audit.target.probs": probs}
    audit = read_evidence(saved(tmp_path, arrays)).evidence.audit
    half = np.log(3) / 2
    np.testing.assert_array_equal(audit.target("posteriors"), probs)
    np.testing.assert_allclose(audit.target("logits")[:2], [[-half, half], [0, 0]])
    np.testing.assert_array_equal(audit.target("loss"), np.log([0.75, 0.5, 0.125]))  # half of 0.25, the least step


def test_rounded_rows_are_not_normalised(tmp_path: Path) -> None:
    probs = np.array([[0.333, 0.333, 0.333], [0.333, 0.334, 0.333]])
    arrays = {"audit.labels": np.array([0, 0]), "audit.target.probs": probs}
    audit = read_evidence(saved(tmp_path, arrays)).evidence.audit
    np.testing.assert_array_equal(audit.target("loss"), np.log([0.333, 0.333]))
    assert np.ptp(audit.target("scaled_logit")) == 0


def test_probabilities_are_written_as_probabilities(tmp_path: Path) -> None:
    arrays = {
        "audit.labels": np.array([1, 0]),
        "audit.target.probs": np.array([[0.2, 0.8], [1.0, 0.0]]),
        "audit.references.logits": np.array([[[0.0, 2.0], [3.0, 1.0]]]),
    }
    evidence = read_evidence(saved(tmp_path, arrays)).evidence
    write_evidence(tmp_path / "again.safetensors", evidence)
    again = read_evidence(tmp_path / "again.safetensors").evidence
    for panel in (evidence.audit, again.audit):
        np.testing.assert_array_equal(panel.target("posteriors"), arrays["audit.target.probs"])
        np.testing.assert_array_equal(panel.references("logits"), arrays["audit.references.logits"])
        assert panel.target_view.outputs.floor == 0.1


def test_outputs_stay_in_the_file_and_survive_its_replacement(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    path = saved(tmp_path, arrays)
    evidence, truth, _ = read_evidence(path)
    write_evidence(path, evidence, truth)
    again = read_evidence(path).evidence
    assert_same(evidence, again)
    path.unlink()
    np.testing.assert_array_equal(evidence.audit.references("logits"), arrays["audit.references.logits"])


def test_what_was_read_can_be_sent_to_another_process(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = read_evidence(saved(tmp_path, full(rng))).evidence
    assert_same(pickle.loads(pickle.dumps(evidence)), evidence)


def test_integers_and_flags_of_other_widths_are_read(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = full(rng)
    plain = read_evidence(saved(tmp_path, arrays)).evidence
    for name in arrays:
        if name.endswith(("labels", "ids")):
            arrays[name] = arrays[name].astype(np.int32)
        if name.endswith(("member", "in_reference")):
            arrays[name] = arrays[name].astype(bool)
    assert_same(read_evidence(saved(tmp_path, arrays)).evidence, plain)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(2, 12),
    R=st.integers(0, 4),
    S=st.integers(0, 3),
    C=st.integers(2, 5),
    dtype=st.sampled_from([np.float32, np.float64]),
    ids=st.booleans(),
    truth=st.booleans(),
)
def test_plain_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int, n: int, R: int, S: int, C: int, dtype: type, ids: bool, truth: bool,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)

    def outputs(labels: Any, models: int) -> View:
        return View.whole(Outputs(labels, [rng.normal(size=(len(labels), C)).astype(dtype) for _ in range(models)]))

    def panel(member: bool) -> Panel:
        labels = rng.integers(C, size=n)
        references = outputs(labels, R) if R else None
        own_ids = rng.permutation(50)[:n] if ids else None
        return Panel(
            outputs(labels, 1), references, rng.random((R, n)) < 0.5, np.arange(n) % 2 == 0 if member else None, own_ids
        )

    evidence = Evidence(panel(False), tuple(panel(True) for _ in range(S)), panel(True), panel(False))
    if S:
        targets = outputs(evidence.population.labels, S)  # type: ignore[union-attr]
        views = [View(targets.outputs, np.array([s]), np.arange(n)) for s in range(S)]
        populations = tuple(Panel(**{**vars(evidence.population), "target_view": view}) for view in views)
        evidence = Evidence(evidence.audit, evidence.shadows, evidence.known, evidence.population, populations)
    member = rng.random(n) < 0.5 if truth else None
    path = tmp_path_factory.mktemp("trip") / "new" / "folder" / "e.safetensors"
    write_evidence(path, evidence, member)
    loaded = read_evidence(path)
    assert_same(loaded.evidence, evidence)
    assert (loaded.truth is None) == (member is None)
    if member is not None:
        np.testing.assert_array_equal(loaded.truth, member)
    assert load_file(path)["audit.target.logits"].dtype == dtype


@pytest.mark.parametrize("form", ["out", "half"])
def test_worlds_survive(tmp_path: Path, rng: np.random.Generator, form: Form) -> None:
    world = gaussian_world(rng, n=50, shadows=2, known=30, population=0, form=form)
    write_evidence(tmp_path / "e.safetensors", world.evidence, world.member)
    assert_same(read_evidence(tmp_path / "e.safetensors").evidence, world.evidence)


def test_writing_is_deterministic_and_leaves_nothing_else(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_evidence(tmp_path / f"{name}.safetensors", pool_world(np.random.default_rng(0)))
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.safetensors", "b.safetensors"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, rng: np.random.Generator) -> None:
    class Interrupted(list[Any]):
        def __getitem__(self, index: Any) -> Any:
            if index == 1:
                raise KeyboardInterrupt
            return super().__getitem__(index)

    path = saved(tmp_path, minimal(rng))
    before = path.read_bytes()
    labels = np.zeros(4, dtype=np.int64)
    table = Outputs(labels, Interrupted([np.ones((4, 2))] * 2))
    target = View.whole(Outputs(labels, [np.ones((4, 2))]))
    evidence = Evidence(Panel(target, View.whole(table), np.zeros((2, 4), dtype=bool)))
    with pytest.raises(KeyboardInterrupt):
        write_evidence(path, evidence)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_populations_that_differ_by_shadow_cannot_be_written(tmp_path: Path, rng: np.random.Generator) -> None:
    labels = np.zeros(4, dtype=np.int64)
    panels = [Panel.of(rng.normal(size=(4, 2)), labels) for _ in range(3)]
    shadow = Panel.of(rng.normal(size=(4, 2)), labels, member=np.arange(4) < 2)
    other = Panel.of(rng.normal(size=(4, 2)), labels + 1)
    evidence = Evidence(panels[0], (shadow,), population=panels[1], shadow_populations=(other,))
    with pytest.raises(ValueError, match="one population"):
        write_evidence(tmp_path / "e.safetensors", evidence)


def test_truth_of_another_length_is_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = read_evidence(saved(tmp_path, minimal(rng))).evidence
    with pytest.raises(ValueError, match="6 audited records"):
        write_evidence(tmp_path / "e.safetensors", evidence, np.ones(5, dtype=bool))


def test_transposed_outputs_are_written_as_they_are(tmp_path: Path, rng: np.random.Generator) -> None:
    logits = rng.normal(size=(3, 5)).T
    write_evidence(tmp_path / "e.safetensors", Evidence(Panel.of(logits, np.zeros(5, dtype=np.int64))))
    np.testing.assert_array_equal(load_file(tmp_path / "e.safetensors")["audit.target.logits"], logits)
