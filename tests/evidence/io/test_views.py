"""Further views of the records: in files, and in the positive control."""

from pathlib import Path

import numpy as np
import pytest

from evidence_files import Arrays, full, pooled, saved
from miaudit.attacks.lira import Lira
from miaudit.auditing.controls import positive_control
from miaudit.errors import UserError
from miaudit.evidence.io.file import read_evidence, write_evidence
from worlds import auc

V = 2


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def with_views(rng: np.random.Generator, C: int = 3) -> Arrays:
    """Two further views of the records of every panel."""
    arrays = full(rng, C)
    for panel in ("audit", "shadow.0", "shadow.1", "known", "population"):
        n = len(arrays[f"{panel}.labels"])
        arrays[f"{panel}.target.views.logits"] = rng.normal(size=(V, n, C)).astype(np.float32)
        arrays[f"{panel}.references.views.logits"] = rng.normal(size=(4, V, n, C))
    return arrays


def test_views_are_read_in_their_order(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = with_views(rng)
    evidence = read_evidence(saved(tmp_path, arrays)).evidence
    for name, panel in {"audit": evidence.audit, "shadow.1": evidence.shadows[1]}.items():
        assert len(panel.views) == V
        first, *others = panel.each_view()
        np.testing.assert_array_equal(first.target("logits"), arrays[f"{name}.target.logits"])
        np.testing.assert_array_equal(first.references("logits"), arrays[f"{name}.references.logits"])
        for v, view in enumerate(others):
            np.testing.assert_array_equal(view.target("logits"), arrays[f"{name}.target.views.logits"][v])
            np.testing.assert_array_equal(view.references("logits"), arrays[f"{name}.references.views.logits"][:, v])


def test_views_survive_writing(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = read_evidence(saved(tmp_path, with_views(rng))).evidence
    write_evidence(tmp_path / "copy.safetensors", evidence)
    copy = read_evidence(tmp_path / "copy.safetensors").evidence
    assert evidence.known is not None
    assert copy.known is not None
    pairs = [(evidence.audit, copy.audit), (evidence.known, copy.known), (evidence.shadows[0], copy.shadows[0])]
    for a, b in pairs:
        assert len(b.views) == V
        for x, y in zip(a.each_view(), b.each_view(), strict=True):
            np.testing.assert_array_equal(x.target("logits"), y.target("logits"))
            np.testing.assert_array_equal(x.references("logits"), y.references("logits"))


def test_views_of_probabilities_become_logits(tmp_path: Path) -> None:
    probs = np.array([[[0.25, 0.75]], [[0.5, 0.5]]])
    arrays = {"audit.labels": np.array([1]), "audit.target.probs": probs[0], "audit.target.views.probs": probs}
    _, first, second = read_evidence(saved(tmp_path, arrays)).evidence.audit.each_view()
    np.testing.assert_allclose(first.target("loss"), np.log([0.75]))
    np.testing.assert_allclose(second.target("loss"), np.log([0.5]))


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("audit.target.views.logits", (6, 3), r"expected shape \(views, n, classes\)"),
        ("audit.references.views.logits", (4, 6, 3), r"expected shape \(models, views, n, classes\)"),
        ("audit.target.views.logits", (3, 6, 3), "as many views from the references as from the target, got 2"),
        ("audit.references.views.logits", (5, 2, 6, 3), "expected outputs of the 4 reference models"),
        ("audit.target.views.logits", (2, 7, 3), "expected outputs of 6 records"),
        ("audit.target.views.logits", (2, 6, 4), "expected as many classes everywhere"),
    ],
)
def test_mistakes(tmp_path: Path, rng: np.random.Generator, name: str, shape: tuple[int, ...], message: str) -> None:
    arrays = with_views(rng) | {name: np.zeros(shape)}
    with pytest.raises(UserError, match=message):
        read_evidence(saved(tmp_path, arrays))


def test_shadows_have_as_many_views_as_the_audited_records(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = with_views(rng)
    del arrays["shadow.1.target.views.logits"], arrays["shadow.1.references.views.logits"]
    with pytest.raises(UserError, match=r"got 2 further ones in audit and 0 in shadow\.1"):
        read_evidence(saved(tmp_path, arrays))


def test_a_pool_holds_the_views_of_all_its_models(tmp_path: Path, rng: np.random.Generator) -> None:
    arrays = pooled(rng) | {"audit.target.views.logits": np.zeros((V, 6, 3))}
    with pytest.raises(UserError, match=r"as many views in audit\.target\.views as in pool\.views.*; got 2 and 0"):
        read_evidence(saved(tmp_path, arrays))
    models = len(arrays["pool.logits"])
    few = arrays | {"pool.views.logits": np.zeros((models - 1, V, 6, 3))}
    with pytest.raises(UserError, match=rf"pool\.views: expected outputs of the {models} models"):
        read_evidence(saved(tmp_path, few))
    seen = rng.normal(size=(models, V, 6, 3))
    evidence = read_evidence(saved(tmp_path, arrays | {"pool.views.logits": seen})).evidence
    assert len(evidence.audit.views) == V
    for shadow in evidence.shadows:
        model = int(shadow.target_view.models[0])
        for v, view in enumerate(shadow.each_view()[1:]):
            table = view.target_view.outputs.values[model][view.target_view.records]
            np.testing.assert_array_equal(table, seen[model, v][shadow.target_view.records])


def test_the_positive_control_leaks_in_every_view(tmp_path: Path, rng: np.random.Generator) -> None:
    evidence = read_evidence(saved(tmp_path, large(rng))).evidence
    truth = np.arange(200) % 2 == 0
    control, member = positive_control(evidence, truth, rng)
    for view in control.audit.each_view():
        assert auc(view.target("scaled_logit"), member) > 0.9
    assert auc(Lira().score(control, rng), member) > 0.9


def large(rng: np.random.Generator) -> Arrays:
    n = 200
    return {
        "audit.labels": rng.integers(3, size=n),
        "audit.target.logits": rng.normal(size=(n, 3)),
        "audit.target.views.logits": rng.normal(size=(V, n, 3)),
        "audit.references.logits": rng.normal(size=(4, n, 3)),
        "audit.references.views.logits": rng.normal(size=(4, V, n, 3)),
        "audit.in_reference": rng.permuted(np.tile([[0], [0], [1], [1]], n), axis=0).astype(np.uint8),
    }
