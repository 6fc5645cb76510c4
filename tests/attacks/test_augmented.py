"""LiRA over several views of a record, against scipy's multivariate normal, record by record."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from miaudit.arrays import Bools, Floats
from miaudit.attacks import _augmented
from miaudit.attacks._augmented import fit_views
from miaudit.attacks._gaussian import MIN_WIDTH
from miaudit.attacks.lira import Lira
from miaudit.evidence import Evidence, Panel
from miaudit.maths import blocks
from worlds import auc, panel_of_phi

RNG = np.random.default_rng(0)


def panel_of_views(phi: Floats, references: Floats, inside: Bools, member: Bools | None = None) -> Panel:
    """Scaled logits of the target (V, n) and of the references (V, R, n)."""
    first, *others = (panel_of_phi(p, r, inside, member) for p, r in zip(phi, references, strict=True))
    return first.with_views(others)


def drawn(seed: int, n: int = 6, views: int = 3, models: int = 10) -> tuple[Floats, Floats, Bools]:
    """Views that share part of their noise."""
    rng = np.random.default_rng(seed)
    inside = rng.permuted(np.tile(np.arange(models)[:, None] < models // 2, (1, n)), axis=0)
    references = rng.normal(size=(models, n)) + rng.normal(2.0 * inside, 0.5, size=(views, models, n))
    return rng.normal(size=(views, n)), references, inside


def slow_covariances(references: Floats, chosen: Bools, variance: str, center: str) -> list[tuple[Floats, Floats]]:
    """(centre, covariance) of each record."""
    views, _, n = references.shape
    samples = [references[:, chosen[:, i], i] for i in range(n)]
    centres = [getattr(np, center)(sample, axis=1) for sample in samples]
    common = sum(len(s[0]) * c for s, c in zip(samples, centres, strict=True)) / chosen.sum()
    arounds = [common] * n if variance == "global" else centres
    scatters = [(s - a[:, None]) @ (s - a[:, None]).T for s, a in zip(samples, arounds, strict=True)]
    pooled = sum(scatters) / chosen.sum() + MIN_WIDTH**2 * np.eye(views)
    if variance == "per_record":
        own = [(s + views * pooled) / (sample.shape[1] + views) for s, sample in zip(scatters, samples, strict=True)]
        return list(zip(centres, own, strict=True))
    return [(centre, pooled) for centre in centres]


@pytest.mark.parametrize("center", ["mean", "median"])
@pytest.mark.parametrize("variance", ["pooled", "per_record", "global"])
def test_both_modes_are_the_transcription(variance: str, center: str) -> None:
    phi, references, inside = drawn(0)
    evidence = Evidence(audit=panel_of_views(phi, references, inside))
    into = slow_covariances(references, inside, variance, center)
    out = slow_covariances(references, ~inside, variance, center)
    ratio = [
        multivariate_normal.logpdf(p, *i) - multivariate_normal.logpdf(p, *o)
        for p, i, o in zip(phi.T, into, out, strict=True)
    ]
    online = Lira(mode="online", variance=variance, center=center)  # type: ignore[arg-type]
    np.testing.assert_allclose(online.score(evidence, RNG), ratio, rtol=1e-9)
    z = []
    for p, (centre, covariance) in zip(phi.T, out, strict=True):
        each = [(p[v] - centre[v]) / covariance[v, v] ** 0.5 for v in range(3)]
        total = sum(covariance[v, w] / (covariance[v, v] * covariance[w, w]) ** 0.5 for v in range(3) for w in range(3))
        z.append(sum(each) / total**0.5)
    offline = Lira(mode="offline", variance=variance, center=center)  # type: ignore[arg-type]
    np.testing.assert_allclose(offline.score(evidence, RNG), z, rtol=1e-9)


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_independent_views_are_averaged_as_in_the_released_code(mode: str) -> None:
    phi, references, inside = drawn(1)
    evidence = Evidence(audit=panel_of_views(phi, references, inside))
    each = []
    for p, r in zip(phi, references, strict=True):
        alone = Evidence(audit=panel_of_phi(p, r, inside))
        each.append(Lira(mode=mode).score(alone, RNG))  # type: ignore[arg-type]
    found = Lira(mode=mode, views="independent").score(evidence, RNG)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, np.mean(each, axis=0), rtol=1e-12)


@pytest.mark.parametrize("mode", ["online", "offline"])
def test_the_first_view_alone_is_lira_without_views(mode: str) -> None:
    phi, references, inside = drawn(2)
    many, one = panel_of_views(phi, references, inside), panel_of_phi(phi[0], references[0], inside)
    first = Lira(mode=mode, views="first")  # type: ignore[arg-type]
    plain = Lira(mode=mode).score(Evidence(audit=one), RNG)  # type: ignore[arg-type]
    np.testing.assert_array_equal(first.score(Evidence(audit=many), RNG), plain)
    assert "views" not in first.explain(Evidence(audit=many), RNG)
    assert Lira().explain(Evidence(audit=many), RNG)["views"] == 3


@pytest.mark.parametrize("function", ["online_ratio", "offline_z"])
def test_one_view_is_the_univariate_score(function: str) -> None:
    phi, references, inside = drawn(3, views=1)
    panel = panel_of_views(phi, references, inside)
    univariate = Lira(mode="online" if function == "online_ratio" else "offline", variance="pooled")
    found = getattr(_augmented, function)(panel, "mean", "pooled")
    np.testing.assert_allclose(found, univariate.score(Evidence(audit=panel), RNG), rtol=1e-4)


def test_independent_noise_adds_up_to_a_larger_deviation() -> None:
    """Four views with the same shift 1 and noise of their own: z grows by the root of four, for a shared noise not."""
    rng = np.random.default_rng(0)
    outside = np.zeros((4000, 1), dtype=bool)
    own, shared = rng.normal(size=(4, 4000, 1)), rng.normal(size=(1, 4000, 1)).repeat(4, axis=0)
    for noise, expected in ((own, 2.0), (shared, 1.0)):
        panel = panel_of_views(np.ones((4, 1)), noise, outside)
        z = Lira(mode="offline", variance="pooled").score(Evidence(audit=panel), RNG)
        assert z == pytest.approx([expected], abs=0.1)


def test_norms_of_views_that_differ_in_width_are_told_apart() -> None:
    """By hand: widths 1 and 3, z-values 1 and 2, no correlation: (1 + 2) / sqrt(2)."""
    values = np.array([[[-1.0], [1.0], [-1.0], [1.0]], [[-3.0], [-3.0], [3.0], [3.0]]])
    panel = panel_of_views(np.array([[1.0], [6.0]]), values, np.zeros((4, 1), dtype=bool))
    z = Lira(mode="offline", variance="pooled").score(Evidence(audit=panel), RNG)
    assert z == pytest.approx([3 / np.sqrt(2)], rel=1e-5)
    assert norm.sf(z[0]) < norm.sf(2.0)


def test_several_views_tell_more_than_one() -> None:
    rng = np.random.default_rng(0)
    n, models, views = 2000, 8, 4
    member = rng.random(n) < 0.5
    inside = rng.permuted(np.tile(np.arange(models)[:, None] < models // 2, (1, n)), axis=0)
    difficulty = rng.normal(0, 3, size=n)
    phi = difficulty + rng.normal(member, 1.0, size=(views, n))
    references = difficulty + rng.normal(inside, 1.0, size=(views, models, n))
    evidence = Evidence(audit=panel_of_views(phi, references, inside))
    found = {kind: auc(Lira(views=kind).score(evidence, RNG), member) for kind in ("multivariate", "first")}
    assert found["multivariate"] > found["first"] + 0.1


@pytest.mark.parametrize("mode", ["online", "offline"])
@pytest.mark.parametrize("variance", ["pooled", "per_record", "global"])
def test_models_that_agree_fully_give_finite_scores(mode: str, variance: str) -> None:
    """No spread at all, and fewer models than views: the covariance would be singular."""
    inside = np.array([[True, True], [False, False]])
    references = np.full((5, 2, 2), 745.0)
    panel = panel_of_views(np.full((5, 2), [745.0, -745.0]), references, inside)
    scores = Lira(mode=mode, variance=variance).score(Evidence(audit=panel), RNG)  # type: ignore[arg-type]
    assert np.isfinite(scores).all()


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    _, references, inside = drawn(4, n=20)
    whole = fit_views(list(references), inside, "mean", "per_record")
    monkeypatch.setattr(blocks, "CELLS", 0)
    np.testing.assert_allclose(fit_views(list(references), inside, "mean", "per_record").covariance, whole.covariance)


def test_a_selection_keeps_the_views_in_order() -> None:
    phi, references, inside = drawn(5)
    panel = panel_of_views(phi, references, inside, member=np.arange(6) < 3)
    few = np.array([4, 1, 5])
    for chosen in (panel.select(few), panel.hidden().select(few)):
        for v, view in enumerate(chosen.each_view()):
            np.testing.assert_allclose(view.target("scaled_logit"), phi[v][few])
            np.testing.assert_allclose(view.references("scaled_logit"), references[v][:, few])
            np.testing.assert_array_equal(view.in_reference, inside[:, few])
    on_shadow = Evidence.of(panel, shadows=(panel,)).on_shadow(0)
    assert len(on_shadow.audit.views) == 2
